/* The whole contract between acta and a projection, in C99: the same table of functions serves a plugin and a projection in the
 * program itself.
 *
 * Rules. Every struct that may grow begins with its size in bytes and grows only at its end: test `size` before reading a member that
 * a later acta added. Texts and bytes are borrowed: they live until the call returns, and are not terminated by a zero. No memory
 * changes owners. No exception and no signal crosses. A call answers ACTA_OK or another status and then has written a sentence into
 * the error buffer. One projection object is used by one thread at a time. Numbers are of the host's byte order. */
#ifndef ACTA_READ_ABI_H
#define ACTA_READ_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ACTA_ABI 1u

typedef struct acta_text {
    const char* data; /* UTF-8 */
    size_t size;
} acta_text;

typedef struct acta_bytes {
    const unsigned char* data;
    size_t size;
} acta_bytes;

/* Where a call that fails puts its sentence: at most `capacity` bytes at `text`, their number into `size`. The caller's memory. */
typedef struct acta_error {
    char* text;
    size_t capacity;
    size_t size;
} acta_error;

typedef int32_t acta_status;
enum {
    ACTA_OK = 0,
    ACTA_FAILED = 1,          /* the sentence says why */
    ACTA_LAYOUT_MISMATCH = 2, /* of learn: this projection cannot read events stored with that layout */
    ACTA_MISUSE = 3           /* the call broke a rule of this page */
};

/* ---- the read model, seen from a projection ------------------------------------------------------------------------------------ */

enum { ACTA_NULL = 0, ACTA_INTEGER = 1, ACTA_REAL = 2, ACTA_TEXT = 3, ACTA_BLOB = 4 };

typedef struct acta_value {
    int32_t type;
    int32_t reserved; /* 0 */
    int64_t integer;  /* of ACTA_INTEGER */
    double real;      /* of ACTA_REAL */
    const void* data; /* of ACTA_TEXT and ACTA_BLOB */
    size_t size;
} acta_value;

typedef struct acta_column {
    size_t size;
    acta_text name;
    int32_t type;     /* ACTA_INTEGER, ACTA_REAL, ACTA_TEXT or ACTA_BLOB */
    int32_t nullable; /* 0 or 1 */
    int32_t key;      /* 1-based place in the primary key; 0: not in it */
    int32_t reserved; /* 0 */
} acta_column;

typedef struct acta_index {
    size_t size;
    const size_t* columns; /* numbers of columns, from 0 */
    size_t column_count;
} acta_index;

typedef struct acta_table {
    size_t size;
    acta_text name;
    const acta_column* const* columns;
    size_t column_count;
    const acta_index* const* indexes;
    size_t index_count;
} acta_table;

/* Who wrote a statement: the typed table itself, or the projection's author, who may not write to typed tables. */
enum { ACTA_BY_TABLE = 1, ACTA_BY_AUTHOR = 2 };

/* The host's functions over one read model. Transactions are the host's alone: every call runs inside the batch's own. Statements
 * live until they are released or the projection is destroyed. */
typedef struct acta_database {
    size_t size;
    uint32_t abi;
    uint32_t read_only; /* 1: define only compares, and writing statements are refused */
    void* self;         /* first argument of every function */
    /* Makes the table and its indexes when they are not there; refused when it is there with other columns. Called by create alone,
     * as are the statements that make an author's own tables. */
    acta_status (*define)(void* self, const acta_table* table, acta_error* error);
    /* One SQL statement. */
    acta_status (*prepare)(void* self, acta_text sql, int32_t by, uint64_t* statement, acta_error* error);
    /* Binds all parameters and takes the first step. *has_row is 1 when `row` (column_count values, at least as many as the statement
     * has columns) was filled; its texts are borrowed until the next call on this statement. */
    acta_status (*run)(void* self, uint64_t statement, const acta_value* parameters, size_t parameter_count, acta_value* row,
                       size_t column_count, int32_t* has_row, acta_error* error);
    /* The next row of a statement that had one. */
    acta_status (*next)(void* self, uint64_t statement, acta_value* row, size_t column_count, int32_t* has_row, acta_error* error);
    /* Ends a run before its last row; harmless otherwise. */
    void (*reset)(void* self, uint64_t statement);
    void (*release)(void* self, uint64_t statement);
} acta_database;

/* ---- the events, seen from a projection ---------------------------------------------------------------------------------------- */

/* An event type as the store holds it. */
typedef struct acta_stored_type {
    size_t size;
    uint32_t number; /* in acta_event.type */
    uint32_t revision;
    uint64_t fingerprint; /* XXH3-64 of `layout` */
    acta_text name;
    acta_text layout; /* JSON, described in FORMAT.md */
} acta_stored_type;

typedef struct acta_event {
    size_t size;
    uint32_t type; /* number of an acta_stored_type that was handed over before */
    uint32_t reserved;
    int64_t position;
    int64_t version;
    int64_t recorded_at; /* microseconds since 1970-01-01 UTC */
    acta_text stream;
    acta_bytes payload;
    acta_bytes shared_metadata; /* items as in FORMAT.md, "Metadata": acta_next_metadata walks them */
    acta_bytes own_metadata;    /* of this event alone; wins over shared */
    const acta_text* tags;
    size_t tag_count;
    acta_text json; /* the payload as JSON, when the projection has wants_any_event; else empty */
} acta_event;

/* An event type that a projection has a handler for. */
typedef struct acta_consumed {
    size_t size;
    acta_text name;
    uint32_t revision;
    uint32_t reserved;
    uint64_t fingerprint;
    acta_text layout;
    const acta_text* former_names; /* names under which its events may also be stored */
    size_t former_name_count;
    const uint32_t* older_revisions; /* revisions that it can upcast */
    size_t older_revision_count;
} acta_consumed;

typedef struct acta_projection {
    size_t size;
    acta_text name;
    uint32_t revision;
    uint32_t wants_any_event; /* 1: every event in scope is delivered, with its JSON */
    const acta_consumed* const* consumed;
    size_t consumed_count;
    const acta_text* categories; /* only events of these streams; none: of all */
    size_t category_count;
    /* A new object over a read model; defines its tables. The database outlives the object. */
    acta_status (*create)(const acta_database* database, void** self, acta_error* error);
    void (*destroy)(void* self);
    /* Before the first event of that type; answers ACTA_LAYOUT_MISMATCH when its events cannot be read. */
    acta_status (*learn)(void* self, const acta_stored_type* type, acta_error* error);
    acta_status (*apply)(void* self, const acta_event* event, acta_error* error);
    /* The end of a batch: everything kept in memory goes to the tables before the host commits. */
    acta_status (*flush)(void* self, acta_error* error);
} acta_projection;

typedef struct acta_plugin {
    size_t size;
    uint32_t abi; /* ACTA_ABI of the header it was built with */
    uint32_t reserved;
    const acta_projection* const* projections;
    size_t projection_count;
    acta_text problem; /* not empty: why this plugin cannot be used; then it has no projections */
} acta_plugin;

/* The one symbol that a plugin exports: its table, which lives as long as the library is loaded. */
#define ACTA_PLUGIN_SYMBOL "acta_projection_plugin"
typedef const acta_plugin* (*acta_projection_plugin_function)(void);

/* Walks metadata: takes the item at *at (0 at first), puts its code, and moves on. Answers 1, or 0 at the end or at malformed bytes.
 * Codes are in FORMAT.md: 1 actor, 2 correlation, 3 causation, 4 traceparent, 5 occurred at, 6/7/8 ids of 16 bytes, 9 an own key. */
static inline int acta_next_metadata(acta_bytes metadata, size_t* at, uint8_t* code, acta_bytes* value) {
    size_t i = *at;
    uint64_t size = 0;
    int shift = 0;
    if (i >= metadata.size) return 0;
    *code = metadata.data[i++];
    for (;; shift += 7) {
        if (i >= metadata.size || shift > 56) return 0;
        size |= (uint64_t)(metadata.data[i] & 0x7fu) << shift;
        if (metadata.data[i++] < 0x80u) break;
    }
    if (size > metadata.size - i) return 0;
    value->data = metadata.data + i;
    value->size = (size_t)size;
    *at = i + (size_t)size;
    return 1;
}

#ifdef __cplusplus
}
#endif

#endif
