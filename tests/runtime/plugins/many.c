/* The counter two hundred times over, under two hundred names. */
#define acta_projection_plugin one_counter
#include "../../replay/plugins/counter.c"
#undef acta_projection_plugin

#define MANY 200

__attribute__((visibility("default"))) const acta_plugin* acta_projection_plugin(void);
const acta_plugin* acta_projection_plugin(void) {
    static acta_projection copies[MANY];
    static const acta_projection* list[MANY];
    static char names[MANY][9];
    static acta_plugin all = {sizeof(acta_plugin), ACTA_ABI, 0, list, MANY, {NULL, 0}};
    int i;
    for (i = 0; i < MANY; ++i) {
        memcpy(names[i], "many-000", 9);
        names[i][5] = (char)('0' + i / 100);
        names[i][6] = (char)('0' + i / 10 % 10);
        names[i][7] = (char)('0' + i % 10);
        copies[i] = projection;
        copies[i].name.data = names[i];
        copies[i].name.size = 8;
        list[i] = &copies[i];
    }
    return &all;
}
