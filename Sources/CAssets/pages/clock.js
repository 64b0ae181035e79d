// The time of the machine, as clients take it.

export const systemClock = {
    /** Milliseconds since some moment in the past. */
    now: () => performance.now(),

    /** Calls `action` after `delay` ms, unless the function given back is called before. */
    after(delay, action) {
        const timer = setTimeout(action, delay);
        return () => clearTimeout(timer);
    },
};
