/* A projection in plain C99, from abi.h alone: counts deposits per account, and how many cents came in. */
#include <acta/read/abi.h>

#include <stdlib.h>
#include <string.h>

#define TEXT(literal)                                                                                                                      \
    { literal, sizeof(literal) - 1 }

typedef struct counter {
    const acta_database* database;
    uint64_t put;
} counter;

static acta_status say(acta_error* error, const char* text) {
    error->size = strlen(text) < error->capacity ? strlen(text) : error->capacity;
    memcpy(error->text, text, error->size);
    return ACTA_FAILED;
}

static const acta_column account = {sizeof(acta_column), TEXT("account"), ACTA_TEXT, 0, 1, 0};
static const acta_column deposits = {sizeof(acta_column), TEXT("deposits"), ACTA_INTEGER, 0, 0, 0};
static const acta_column* const columns[] = {&account, &deposits};
static const acta_table table = {sizeof(acta_table), TEXT("deposit_count"), columns, 2, NULL, 0};

static acta_status create(const acta_database* database, void** self, acta_error* error) {
    static const char sql[] = "INSERT INTO deposit_count VALUES (?, 1) ON CONFLICT (account) DO UPDATE SET deposits = deposits + 1";
    acta_text text = {sql, sizeof sql - 1};
    counter* made;
    acta_status status = database->define(database->self, &table, error);
    if (status != ACTA_OK) return status;
    made = malloc(sizeof *made);
    if (!made) return say(error, "out of memory");
    made->database = database;
    made->put = 0;
    if (!database->read_only) status = database->prepare(database->self, text, ACTA_BY_TABLE, &made->put, error);
    if (status != ACTA_OK) {
        free(made);
        return status;
    }
    *self = made;
    return ACTA_OK;
}

static void destroy(void* self) { free(self); }

static acta_status learn(void* self, const acta_stored_type* type, acta_error* error) {
    (void)self;
    if (type->revision == 1) return ACTA_OK;
    say(error, "counter knows revision 1 of account.deposited");
    return ACTA_LAYOUT_MISMATCH;
}

static acta_status apply(void* self, const acta_event* event, acta_error* error) {
    const counter* of = self;
    acta_value parameter = {ACTA_TEXT, 0, 0, 0, NULL, 0};
    int32_t has_row = 0;
    parameter.data = event->stream.data;
    parameter.size = event->stream.size;
    return of->database->run(of->database->self, of->put, &parameter, 1, NULL, 0, &has_row, error);
}

static acta_status flush(void* self, acta_error* error) {
    (void)self;
    (void)error;
    return ACTA_OK;
}

/* As FORMAT.md writes a structure of one signed 64-bit number, and its XXH3-64. */
static const char layout[] = "{\"struct\":[{\"name\":\"cents\",\"type\":\"i64\"}]}";
static const acta_consumed deposited = {
    sizeof(acta_consumed), TEXT("account.deposited"), 1, 0, 0x259ebb386b7c56f2u, {layout, sizeof layout - 1}, NULL, 0, NULL, 0};
static const acta_consumed* const consumed[] = {&deposited};
static const acta_text categories[] = {TEXT("account")};
static const acta_projection projection = {
    sizeof(acta_projection), TEXT("counter"), 1, 0, consumed, 1, categories, 1, create, destroy, learn, apply, flush};
static const acta_projection* const projections[] = {&projection};
static const acta_plugin plugin = {sizeof(acta_plugin), ACTA_ABI, 0, projections, 1, {NULL, 0}};

__attribute__((visibility("default"))) const acta_plugin* acta_projection_plugin(void);
const acta_plugin* acta_projection_plugin(void) { return &plugin; }
