// Elements of a page, made in one expression.

/** An element with properties, and children that are elements or texts. */
export function element(tag, properties = {}, ...children) {
    const { data, style, ...rest } = properties;
    const made = Object.assign(document.createElement(tag), rest);
    Object.assign(made.dataset, data);
    for (const [name, value] of Object.entries(style ?? {})) made.style.setProperty(name, value);
    made.append(...children);
    return made;
}

/** The element with that id. */
export function byId(id) {
    return document.getElementById(id);
}

/** A name of the wire, such as "book_table", as people read it. */
export function readable(name) {
    return name.replaceAll("_", " ");
}

/** A share of one in hundredths. */
export function percent(share) {
    return `${Math.round(share * 100)}%`;
}
