/* Plugins that are wrong in one way each: BROKEN says which. */
#include <acta/read/abi.h>

#include <stddef.h>

#define TEXT(literal)                                                                                                                      \
    { literal, sizeof(literal) - 1 }
#define TEXT_IF(wrong, bad, good)                                                                                                          \
    { (wrong) ? bad : good, (wrong) ? sizeof(bad) - 1 : sizeof(good) - 1 }
#define EXPORTED __attribute__((visibility("default")))

enum {
    OTHER_ABI = 1,
    SHORT_TABLE,
    SHORT_PLUGIN,
    NOTHING,
    NO_PROJECTIONS,
    BAD_NAME,
    REVISION_0,
    NO_FUNCTION,
    BAD_LAYOUT,
    BAD_FINGERPRINT,
    TWICE,
    CONSUMES_NOTHING,
    PROBLEM,
    BAD_CATEGORY,
    NO_OBJECT
};

static acta_status create(const acta_database* database, void** self, acta_error* error) {
    static int object;
    (void)database;
    (void)error;
    *self = BROKEN == NO_OBJECT ? NULL : &object;
    return ACTA_OK;
}
static void destroy(void* self) { (void)self; }
static acta_status learn(void* self, const acta_stored_type* type, acta_error* error) {
    (void)self;
    (void)type;
    (void)error;
    return ACTA_OK;
}
static acta_status apply(void* self, const acta_event* event, acta_error* error) {
    (void)self;
    (void)event;
    (void)error;
    return ACTA_OK;
}
static acta_status flush(void* self, acta_error* error) {
    (void)self;
    (void)error;
    return ACTA_OK;
}

static const acta_consumed deposited = {
    sizeof(acta_consumed),
    TEXT("account.deposited"),
    1,
    0,
    BROKEN == BAD_FINGERPRINT ? 1u : 0x259ebb386b7c56f2u,
    TEXT_IF(BROKEN == BAD_LAYOUT, "{\"struct\":", "{\"struct\":[{\"name\":\"cents\",\"type\":\"i64\"}]}"),
    NULL,
    0,
    NULL,
    0};
static const acta_consumed* const consumed[] = {&deposited};
static const acta_text categories[] = {TEXT_IF(BROKEN == BAD_CATEGORY, "my-account", "account")};
static const acta_projection projection = {BROKEN == SHORT_TABLE ? 16 : sizeof(acta_projection),
                                           TEXT_IF(BROKEN == BAD_NAME, "a b", "broken"),
                                           BROKEN == REVISION_0 ? 0 : 1,
                                           0,
                                           consumed,
                                           BROKEN == CONSUMES_NOTHING ? 0 : 1,
                                           categories,
                                           1,
                                           create,
                                           BROKEN == NO_FUNCTION ? NULL : destroy,
                                           learn,
                                           apply,
                                           flush};
static const acta_projection* const projections[] = {&projection, &projection};
static const acta_plugin plugin = {BROKEN == SHORT_PLUGIN ? 16 : sizeof(acta_plugin),
                                   BROKEN == OTHER_ABI ? ACTA_ABI + 1 : ACTA_ABI,
                                   0,
                                   projections,
                                   BROKEN == NO_PROJECTIONS || BROKEN == PROBLEM ? 0
                                   : BROKEN == TWICE                             ? 2
                                                                                 : 1,
                                   TEXT_IF(BROKEN == PROBLEM, "its events contain themselves", "")};

EXPORTED const acta_plugin* acta_projection_plugin(void);
const acta_plugin* acta_projection_plugin(void) { return BROKEN == NOTHING ? NULL : &plugin; }
