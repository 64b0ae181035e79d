#include "CAssets.h"

#include <string.h>

// #embed is C23; clang knows it in every mode and only says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

// One entry a file: its name, and the row that asset.h makes of it.
static const struct asset table[] = {
#define ASSET_NAME "demo/articles.jsonl"
#include "asset.h"
#define ASSET_NAME "demo/intents.csv"
#include "asset.h"
#define ASSET_NAME "demo/items.jsonl"
#include "asset.h"
#define ASSET_NAME "demo/ranker.json"
#include "asset.h"
#define ASSET_NAME "demo/recommender.json"
#include "asset.h"
#define ASSET_NAME "demo/rules.json"
#include "asset.h"
#define ASSET_NAME "demo/tags.csv"
#include "asset.h"
#define ASSET_NAME "pages/access.js"
#include "asset.h"
#define ASSET_NAME "pages/answers.css"
#include "asset.h"
#define ASSET_NAME "pages/blocks.js"
#include "asset.h"
#define ASSET_NAME "pages/clock.js"
#include "asset.h"
#define ASSET_NAME "pages/console.css"
#include "asset.h"
#define ASSET_NAME "pages/console.html"
#include "asset.h"
#define ASSET_NAME "pages/console.js"
#include "asset.h"
#define ASSET_NAME "pages/delta.js"
#include "asset.h"
#define ASSET_NAME "pages/document.js"
#include "asset.h"
#define ASSET_NAME "pages/duplicates.js"
#include "asset.h"
#define ASSET_NAME "pages/editor.css"
#include "asset.h"
#define ASSET_NAME "pages/editor.js"
#include "asset.h"
#define ASSET_NAME "pages/element.js"
#include "asset.h"
#define ASSET_NAME "pages/emitter.js"
#include "asset.h"
#define ASSET_NAME "pages/error.js"
#include "asset.h"
#define ASSET_NAME "pages/figures.js"
#include "asset.h"
#define ASSET_NAME "pages/hunch.js"
#include "asset.h"
#define ASSET_NAME "pages/icon.svg"
#include "asset.h"
#define ASSET_NAME "pages/index.html"
#include "asset.h"
#define ASSET_NAME "pages/intents.js"
#include "asset.h"
#define ASSET_NAME "pages/metrics.js"
#include "asset.h"
#define ASSET_NAME "pages/others.js"
#include "asset.h"
#define ASSET_NAME "pages/replica.js"
#include "asset.h"
#define ASSET_NAME "pages/round-trips.js"
#include "asset.h"
#define ASSET_NAME "pages/row.js"
#include "asset.h"
#define ASSET_NAME "pages/style.css"
#include "asset.h"
#define ASSET_NAME "pages/suggestions.js"
#include "asset.h"
#define ASSET_NAME "pages/surface.js"
#include "asset.h"
#define ASSET_NAME "pages/undo.js"
#include "asset.h"
};

const struct asset *const assets = table;
const size_t asset_count = sizeof table / sizeof table[0];

const struct asset *asset_named(const char *name) {
    for (size_t i = 0; i < asset_count; i++) {
        if (strcmp(assets[i].name, name) == 0) return &assets[i];
    }
    return NULL;
}
