// Numbers as people read them.

/** At most three digits that count. */
export function rounded(value) {
    return `${Number(value.toPrecision(3))}`;
}

/** A time in seconds. */
export function duration(seconds) {
    if (seconds < 1e-5) return `${Number((seconds * 1e6).toPrecision(2))} µs`;
    if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
    if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(2))} ms`;
    return `${Number(seconds.toPrecision(2))} s`;
}
