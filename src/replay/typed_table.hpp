// Typed tables in SQL: checked descriptions, CREATE TABLE, and the comparison with a table that is there.
#pragma once

#include <acta/read/abi.h>

#include "store/database.hpp"

#include <string>
#include <vector>

namespace acta::detail {

/// A table as a projection describes it, checked and copied.
struct typed_table {
    struct column {
        std::string name;
        std::string type;  ///< INTEGER, REAL, TEXT or BLOB
        bool nullable = false;
        int key = 0;  ///< 1-based place in the primary key; 0: not in it
    };
    std::string name;
    std::vector<column> columns;
    std::vector<std::vector<std::string>> indexes;  ///< names of columns

    /// Throws failure(misuse) with a sentence when the description breaks a rule of abi.h, or a name is none for SQL.
    explicit typed_table(const acta_table& from);

    std::string create_table() const;
    std::vector<std::string> create_indexes() const;

    /// The first thing in which the stored table differs, as half a sentence; empty when it is the same.
    std::string difference_to_stored(const connection& on) const;
    /// Makes the indexes that are not there, and drops those of this table that are not wanted any more.
    void adjust_indexes(const connection& on) const;
};

}  // namespace acta::detail
