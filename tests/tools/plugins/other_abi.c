/* A plugin that was built for an ABI that is still to come. */
#include <acta/read/abi.h>

static const acta_plugin plugin = {sizeof(acta_plugin), ACTA_ABI + 41, 0, NULL, 0, {NULL, 0}};

__attribute__((visibility("default"))) const acta_plugin* acta_projection_plugin(void) { return &plugin; }
