// Named events with listeners.

/** Calls listeners in the order in which they were added. */
export class Emitter {
    #listeners = new Map();

    /** Calls `listener` at each event of that name, until the function given back is called. */
    on(name, listener) {
        if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
        this.#listeners.get(name).add(listener);
        return () => this.#listeners.get(name).delete(listener);
    }

    /** The next event of that name, as a promise. */
    next(name) {
        return new Promise((resolve) => {
            const stop = this.on(name, (detail) => {
                stop();
                resolve(detail);
            });
        });
    }

    emit(name, detail) {
        for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(detail);
    }
}
