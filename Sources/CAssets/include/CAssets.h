// Files that the binary carries in itself: pages and demo data.

#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>

/// A file as it stood in the folder of this target when the binary was built.
struct asset {
    /// Its path in the folder: "demo/intents.csv".
    const char *name;
    const unsigned char *bytes;
    size_t length;
};

/// All files, in the order of CAssets.c; they live as long as the process.
extern const struct asset *const assets;
extern const size_t asset_count;

/// The file of that name, or NULL.
const struct asset *asset_named(const char *name);

#endif
