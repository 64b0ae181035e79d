// How a value went, from the beginning of a page to now. Pure.

/** The values of one series: all of its time, in at most `limit` points. */
export class Course {
    points = [];
    #limit;
    /** So many readings make one point, the last of them. */
    #step = 1;
    #count = 0;

    /** The limit is even: points are thinned out by pairs. */
    constructor(limit = 240) {
        this.#limit = limit;
    }

    /** Adds a reading; the newest is always the last point. */
    add(at, value) {
        if (this.#count % this.#step !== 0) this.points.pop();
        this.points.push({ at, value });
        this.#count += 1;
        if (this.points.length < this.#limit || this.#count % this.#step !== 0) return;
        this.points = this.points.filter((_, index) => index % 2 === 1);
        this.#step *= 2;
    }

    get last() {
        return this.points.at(-1)?.value;
    }

    get top() {
        return Math.max(...this.points.map(({ value }) => value));
    }

    /** The points of a polyline in a box, of the times from `start` to `end` and values from 0 to `top`. */
    line({ width, height, start, end, top }) {
        const span = Math.max(end - start, 1);
        return this.points.map(({ at, value }) => {
            const x = width * (at - start) / span;
            const y = height * (1 - Math.max(value, 0) / (top || 1));
            return `${x.toFixed(2)},${y.toFixed(2)}`;
        }).join(" ");
    }
}
