// What may come in place of a reply.

/** An error that the server answered; `code` never changes its meaning. */
export class HunchError extends Error {
    constructor({ code, message, retryAfterMs }) {
        super(message);
        this.name = "HunchError";
        this.code = code;
        this.retryAfterMs = retryAfterMs;
    }
}

/** Whether an error ends a session: its client does not connect again by itself. */
export function isFinal({ code }) {
    return ["unauthorized", "unsupported_protocol", "taken_over"].includes(code);
}

/** The connection was lost before the reply came. */
export function disconnected() {
    return new HunchError({ code: "disconnected", message: "The connection was lost." });
}
