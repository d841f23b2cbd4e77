// A look at every row of a store in one reading, and what is not as it was written.
#pragma once

#include <acta/store/verified.hpp>

#include "catalogue.hpp"
#include "entry.hpp"
#include "names.hpp"

#include <unordered_map>

namespace acta::detail {

/// Used once, by one thread. The connection's schema and catalogue were checked when it was opened.
class verification {
public:
    verification(const connection& from, catalogue& types, const on_verified& tell);
    /// Throws what keeps it from reading at all.
    verified run();

private:
    using step = void (verification::*)();

    void found(const std::string& what);
    void take(step one, const char* of);
    void let_sqlite_check();
    void read_types();
    void read_streams();
    void read_entries();
    void check_entry(const statement& row);
    void check_tags(position last);
    void compare_streams();
    void count_tags();
    void read_tags();
    void read_commands();
    void read_snapshots();

    struct stream {
        std::string name{};
        acta::version version = 0;
    };

    const connection& from_;
    catalogue& types_;
    const on_verified& tell_;
    verified out_;
    std::unordered_map<std::int64_t, stream> streams_;
    entry_reader entry_;
    statement leads_;  // from a tag to an entry
    std::vector<std::uint64_t> tags_;
    position reached_ = 0;
    std::int64_t recorded_at_ = 0;
};

}  // namespace acta::detail
