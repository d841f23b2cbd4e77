// A read model: one SQLite file, its own tables, its lock, its transactions.
#pragma once

#include <acta/replay/dead_letters.hpp>
#include <acta/replay/read_model.hpp>

#include "replay/authority.hpp"
#include "replay/model_lock.hpp"
#include "store/database.hpp"

#include <unistd.h>
#include <functional>
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

/// Why a read model is opened.
enum class access : std::uint8_t {
    read,
    run,   ///< by its one runner in the world, who alone checkpoints the write-ahead log
    mend,  ///< for a change beside a runner, if there is one; else as run
    fill   ///< as run, of a file that nobody else knows yet: without waiting for the disk
};

/// One connection to a read model. Used by one thread at a time. Every function throws failure with a sentence that names the file.
class model {
public:
    /// `file` ":memory:": one that nobody else sees. Where it is run the file is made when it is not there, with pages of `page_size` bytes;
    /// else it has to be there.
    model(const std::filesystem::path& file, access how, timestamp now, int page_size = 0);
    model(const model&) = delete;
    model& operator=(const model&) = delete;
    ~model();

    const std::string& shown() const noexcept { return on_.shown(); }
    const connection& on() const noexcept { return on_; }
    authority& rules() noexcept { return rules_; }
    bool in_memory() const noexcept { return file_.empty(); }

    /// At the end the file goes as well.
    void discard() noexcept { discarded_ = true; }
    /// This object made the file.
    bool made() const noexcept { return made_; }

    /// For writing: inside the gate until the commit or the roll-back, which does no harm where there is no transaction.
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
    /// Throws failure(io) when the transaction of the rows that belong to it is over.
    void put(const checkpoint& reached);

    /// What else the file says of itself, by key.
    std::optional<std::string> fact(std::string_view key) const;
    void put_fact(std::string_view key, std::string_view value);
    void forget_fact(std::string_view key);

    std::vector<dead_letter> letters() const;
    void put(const dead_letter& letter);
    bool erase(const dead_letter& letter);

    /// Outside of a transaction: the whole content becomes that of `fresh`, in one transaction of its own. `prepare`, inside the gate, has the
    /// last word on what `fresh` holds.
    void replace_by(model& fresh, const std::function<void()>& prepare);

private:
    void open(timestamp now, int page_size);
    void open_for_reading();
    void make_file(timestamp now, int page_size) const;
    void own(timestamp now);
    void enter_gate();
    void leave_gate() noexcept;
    void checkpoint_log();
    void prepare_statements();
    [[noreturn]] void fail(const failure& why) const;

    std::filesystem::path file_;  // empty: in memory
    model_lock lock_;
    pid_t process_ = ::getpid();
    bool inside_ = false;  // the gate
    file_in_use in_use_;
    authority rules_;  // before the connection, which asks it
    connection on_;
    access how_;
    bool made_ = false;
    bool discarded_ = false;
    int pages_in_log_ = 0;  // of the write-ahead log
    mutable statement read_checkpoint_, write_checkpoint_;
};

/// The letters of one of a connection's read models.
std::vector<dead_letter> letters_in(const connection& on, const std::string& schema);

/// Ends a transaction that was not committed.
class transaction {
public:
    explicit transaction(model& of) : of_(of) { of_.begin(); }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction() { of_.roll_back(); }
    void commit() { of_.commit(); }

private:
    model& of_;
};

}  // namespace acta::detail
