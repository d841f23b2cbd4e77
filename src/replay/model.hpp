// A read model: one SQLite file, its own tables, its lock, its transactions.
#pragma once

#include <acta/replay/read_model.hpp>

#include "replay/authority.hpp"
#include "store/database.hpp"
#include "store/turnstile.hpp"

#include <memory>
#include <string>

namespace acta::detail {

/// Tells that this process has a read model's file open. While it does, nobody may open and close that file but SQLite: closing any
/// descriptor of it would drop the locks that SQLite holds. Looks at the file before the first opening.
class file_in_use {
public:
    file_in_use() = default;
    /// Throws failure with a sentence for everything that is no read model. Nothing there: present() is false.
    explicit file_in_use(const std::filesystem::path& file);
    file_in_use(file_in_use&& other) noexcept;
    file_in_use& operator=(file_in_use&& other) noexcept;
    ~file_in_use();
    bool present() const noexcept { return !file_.empty(); }

private:
    std::string file_;
};

/// The one runner's lock beside a read model: held as long as it lives, then taken away.
class runner_lock {
public:
    runner_lock() = default;
    /// Throws failure(busy) when another runner has it.
    explicit runner_lock(const std::filesystem::path& file);
    runner_lock(const runner_lock&) = delete;
    runner_lock& operator=(runner_lock&& other) noexcept;
    ~runner_lock();

private:
    std::string lock_file_;
    turnstile gate_;
};

/// One connection to a read model. For writing there is one in the world, which holds the lock beside the file. Used by one thread at a
/// time. Every function throws failure with a sentence that names the file.
class model {
public:
    enum class access : std::uint8_t { read, write };

    /// `file` ":memory:": one that nobody else sees. For writing the file is made when it is not there; for reading it has to be there.
    model(const std::filesystem::path& file, access how, timestamp now);
    model(const model&) = delete;
    model& operator=(const model&) = delete;
    ~model();

    const std::string& shown() const noexcept { return on_.shown(); }
    const connection& on() const noexcept { return on_; }
    authority& rules() noexcept { return rules_; }
    bool in_memory() const noexcept { return file_.empty(); }

    /// At the end the file goes as well, if this object made it: nothing is left of a start that failed.
    void discard() noexcept { discarded_ = made_; }

    void begin();
    void commit();
    void roll_back() noexcept;
    bool in_transaction() const noexcept;

    /// The projections in it; all that is stored of one.
    struct member {
        std::string name;
        std::uint32_t revision = 0;
        std::string tables;  ///< their SQL
    };
    std::vector<member> members() const;
    void put(const member& joining);

    std::optional<checkpoint> stored_checkpoint() const;
    void put(const checkpoint& reached);

private:
    void open(access how, timestamp now);
    void open_for_reading();
    void make_file(timestamp now) const;
    void prepare_statements();
    [[noreturn]] void fail(const failure& why) const;

    std::filesystem::path file_;  // empty: in memory
    runner_lock lock_;
    file_in_use in_use_;
    authority rules_;  // before the connection, which asks it
    connection on_;
    access how_;
    bool made_ = false;
    bool discarded_ = false;
    int pages_in_log_ = 0;  // of the write-ahead log
    mutable statement read_checkpoint_, write_checkpoint_;
};

/// Ends a transaction that was not committed.
class transaction {
public:
    explicit transaction(model& of) : of_(of) { of_.begin(); }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction() {
        if (of_.in_transaction()) of_.roll_back();
    }
    void commit() { of_.commit(); }

private:
    model& of_;
};

}  // namespace acta::detail
