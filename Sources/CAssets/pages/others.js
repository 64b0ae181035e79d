// Who else is in a document, and where. Pure.

import { mapOffset } from "./delta.js";

/** What of somebody's place is an offset of the text. */
const ends = ["cursor", "anchor"];

/** The others in a document, by peer: {peer, user, cursor?, anchor?, state?}. */
export class Others extends Map {
    /** Takes over where somebody is; `locate` places an offset in the text, or gives null. */
    place({ revision, ...other }, locate) {
        for (const end of ends) {
            if (other[end] !== undefined) other[end] = locate(other[end], revision) ?? undefined;
        }
        this.set(other.peer, other);
    }

    /** Moves all places with an edit of the text; `side` is where they keep to at an insert. */
    shift(ops, side) {
        for (const other of this.values()) {
            for (const end of ends) {
                if (other[end] !== undefined) other[end] = mapOffset(ops, other[end], side);
            }
        }
    }
}
