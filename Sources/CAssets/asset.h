// One row of the table: the bytes of ASSET_NAME, and how many they are.
{ ASSET_NAME, (const unsigned char[]) {
#embed ASSET_NAME
}, sizeof((const unsigned char[]) {
#embed ASSET_NAME
}) },
#undef ASSET_NAME
