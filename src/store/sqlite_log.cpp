// The log in one SQLite file: opens or makes it, lends readers, and lets one append after the other in.
#include <acta/store/sqlite.hpp>

#include "append_queue.hpp"
#include "claim.hpp"
#include "event/system_error.hpp"
#include "gathering_vfs.hpp"
#include "notify.hpp"
#include "reader.hpp"
#include "request.hpp"
#include "schema.hpp"
#include "verification.hpp"
#include "whereabouts.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>

namespace acta {

namespace {

using namespace detail;

constexpr std::size_t most_idle_readers = 8;
constexpr std::string_view in_memory = ":memory:";
constexpr auto longest_age = std::chrono::hours(24 * 365 * 100);  // of a command id; beyond it times would overflow
constexpr auto longest_sleep = std::chrono::milliseconds(100);    // in case that the page was deleted and somebody else rings a newer one
constexpr auto poll_pause = std::chrono::milliseconds(2);         // where there is no page to hear other processes by

/// From the system, so that processes forked from one another never make the same.
command_id::uuid new_uuid() {
    command_id::uuid bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw failure(errc::io, "the system gave no random bytes: try again");
    return bytes;
}

std::int64_t microseconds(timestamp when) { return when.time_since_epoch().count(); }

[[noreturn]] void cannot_be_made(const std::filesystem::path& file, int why) {
    throw failure(code_of_system_error(why),
                  file.string() + " cannot be made (" + std::strerror(why) + "): " + advice_on_system_error(why));
}

/// Makes the whole store under another name and lets it appear at once, so that no half-made store is ever seen. Another process that
/// is faster wins, and its store is opened.
void create_file(const std::filesystem::path& file, const options& how) {
    std::filesystem::path fresh = file;
    fresh += ".new-" + uuid_text(new_uuid());
    struct removal {
        const std::filesystem::path& what;
        ~removal() {
            std::error_code ignored;
            std::filesystem::remove(what, ignored);
        }
    } const remove{fresh};
    {
        const connection on(fresh.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE, how.vfs, file.string());
        make_store(on, new_uuid(), microseconds(how.clock->now()));
        on.run("PRAGMA journal_mode=WAL");
    }
    const int directory = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 && errno != EACCES) cannot_be_made(file, errno);  // one that may not be listed is not synced
    const int why = ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) != 0 ? errno : 0;
    if (directory >= 0) ::fsync(directory), ::close(directory);
    if (why != 0 && why != EEXIST) cannot_be_made(file, why);
}

}  // namespace

struct sqlite_log::state {
    state(const std::filesystem::path& path, const options& given)
        : how(given), memory(path == in_memory), file(memory ? path : canonical_parent(path)) {
        if (how.max_event_size > 64U << 20)
            throw failure(errc::misuse,
                          "options::max_event_size is " + std::to_string(how.max_event_size) + " bytes: at most 64 MiB can be stored");
        if (how.command_age < std::chrono::hours(0))
            throw failure(errc::misuse,
                          "options::command_age is " + std::to_string(how.command_age.count()) + " hours: it cannot be negative");
        how.command_age = std::min(how.command_age, longest_age);
        idle.reserve(most_idle_readers);
        if (memory && how.read_only)
            throw failure(errc::misuse, "a store in memory was to be opened read-only, but it begins empty: leave out options::read_only");
        if (plain()) find_file();
        if (!how.read_only) open_writer();
        bell = plain() ? std::make_unique<notify_page>(file.string() + ".notify", !how.read_only) : std::make_unique<notify_page>();
        if (writing) queue = std::make_unique<append_queue>([this](const jobs_to_write& take) { write(take); }, how);
        const loan first(*this);
        types.refresh(first.on());
        if (types.size() > 0 && first->head() == 0)  // a type is stored together with its first event
            throw failure(errc::damaged,
                          file.string() +
                              ": its events are missing, only their types are left: restore it from a copy, then look at the disk");
        read_identity(first.on());
        if (!memory) where = whereabouts(file);
    }

    ~state() {
        queue.reset();  // writes what waits
        if (how.read_only)
            for (const auto& one : idle) take_side_files_along(one->on);
        idle.clear();  // before the writer, so that it can be the last one out
    }

    /// Before SQLite may touch it: the file is there, is ours, and is open here once.
    void find_file() {
        owned = claim(file);  // first of all: looking at the file opens and closes it
        if (look_at(file, store_mark, how.allow_network_file_system) == presence::absent) {
            if (how.read_only || !how.create)
                throw failure(errc::not_found,
                              file.string() + " is not there: check the path" + (how.read_only ? "" : ", or set options::create"));
            create_file(file, how);
            owned = claim(file);
            look_at(file, store_mark, how.allow_network_file_system);
        }
        if (!how.read_only && ::access(file.c_str(), W_OK) != 0)
            throw failure(errc::read_only, file.string() + " may not be written by this user: mend its permissions, or open it read-only");
    }

    void open_writer() {
        turnstile gate = memory || !how.vfs.empty() ? turnstile() : turnstile(file.string() + ".lock");
        if (!memory && how.durability == durability::full) gathering.emplace(how.vfs);
        writing = std::make_unique<writer>([this] { return connect(true); }, std::move(gate), how);
        if (memory) in_memory_reader = std::make_unique<reader>(writing->on(), types);
    }

    void write(const jobs_to_write& take) {
        std::unique_lock<std::mutex> turn;
        if (memory) turn = std::unique_lock(one_connection);
        writing->write(take);
        bell->ring();
    }

    connection connect(bool to_write) const {
        try {
            return open(to_write, "PRAGMA locking_mode=NORMAL");
        } catch (const failure& why) {
            // Reading needs the shared index of the write-ahead log. Where the disk is too full to make it, exclusive locking keeps it in
            // this process instead; for readers alone, because nobody else gets in beside such a handle.
            if (to_write || why.code() != errc::disk_full) throw;
            return open(to_write, "PRAGMA locking_mode=EXCLUSIVE");
        }
    }

    connection open(bool to_write, const char* locking) const {
        const int flags = plain() ? SQLITE_OPEN_NOFOLLOW : to_write ? SQLITE_OPEN_CREATE : 0;
        const std::string& vfs = to_write && gathering ? gathering->name() : how.vfs;
        where.check("nothing was read");
        connection on(file.string(), SQLITE_OPEN_READWRITE | flags, vfs, file.string());
        harden(on);
        on.run(locking);
        try {
            prepare(on, to_write);
            where.check("nothing was read");  // it was this file that was opened
        } catch (...) {
            take_side_files_along(on);
            throw;
        }
        return on;
    }

    void prepare(const connection& on, bool to_write) const {
        if (!plain() && on.number("PRAGMA application_id") == 0) {
            make_store(on, new_uuid(), microseconds(how.clock->now()));
            on.run("PRAGMA journal_mode=WAL");
        }
        on.set_patience(how.busy_timeout);
        if (!to_write) on.run("PRAGMA query_only=ON");
        read_something(on);
        check_schema(on);
        if (!to_write) return;
        statement mode(on, "PRAGMA journal_mode");
        if (!memory && (!mode.step() || mode.text(0) != "wal"))
            throw failure(errc::damaged, file.string() + " is not in WAL mode, as every acta store is: somebody changed it, restore it "
                                                         "from a copy or set PRAGMA journal_mode=WAL");
        on.run(how.durability == durability::full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        on.set(SQLITE_DBCONFIG_ENABLE_TRIGGER, false);  // they guard against shells; this writer checks by itself (25 % of a bulk load)
    }

    /// Where there is nothing to copy back, the last one out may remove SQLite's empty side files.
    void take_side_files_along(const connection& on) const {
        if (!wal_holds_pages(file)) sqlite3_db_config(on.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    }

    bool plain() const { return !memory && how.vfs.empty(); }

    bool hears_others() const { return memory || bell->shared(); }

    void read_something(const connection& on) const {
        try {
            on.number("SELECT count(*) FROM sqlite_schema");
        } catch (const failure& why) {
            if (!plain() || ::access(file.parent_path().c_str(), W_OK) == 0) throw;
            throw failure(errc::read_only, std::string(why.what()) +
                                               ". SQLite makes files beside the store also to read it, and this user may not write to " +
                                               file.parent_path().string() + ": mend its permissions, or copy the store elsewhere");
        }
    }

    /// A reader and its connection; the pointer stays, because statements refer to the connection.
    struct lent {
        lent(connection own, catalogue& known) : on(std::move(own)), read(on, known) {}
        connection on;
        reader read;
    };

    /// Gives a reader back when the reading ends, or in memory the turn to use the one connection.
    class loan {
    public:
        explicit loan(state& from) : from_(from) {
            if (from.memory) turn_ = std::unique_lock(from.one_connection);
            else held_ = from.take();
        }
        loan(const loan&) = delete;
        loan& operator=(const loan&) = delete;
        ~loan() {
            if (held_) from_.give_back(std::move(held_));
        }
        reader* operator->() const { return held_ ? &held_->read : from_.in_memory_reader.get(); }
        const connection& on() const { return held_ ? held_->on : from_.writing->on(); }

    private:
        state& from_;
        std::unique_lock<std::mutex> turn_;
        std::unique_ptr<lent> held_;
    };

    loan lend() {
        check_process();
        return loan(*this);
    }

    std::unique_ptr<lent> take() {
        {
            const std::lock_guard lock(pool);
            if (!idle.empty()) {
                auto one = std::move(idle.back());
                idle.pop_back();
                return one;
            }
        }
        return std::make_unique<lent>(connect(false), types);
    }

    void give_back(std::unique_ptr<lent> one) {
        const std::lock_guard lock(pool);
        if (idle.size() < most_idle_readers) idle.push_back(std::move(one));
    }

    void check_writable(std::span<const append_request> requests) const {
        check_process();
        if (!writing) throw failure(errc::read_only, file.string() + " was opened read-only: open it without options::read_only to append");
        for (const append_request& request : requests) check_request(request, how);
    }

    void check_process() const {
        if (::getpid() != process)
            throw failure(
                errc::misuse,
                file.string() +
                    " was opened before this process was forked: SQLite does not survive that, open the store again after fork()");
    }

    void read_identity(const connection& on) {
        statement query(on, "SELECT value, checksum FROM store WHERE key = ?");
        const auto find = [&](std::string_view key) {
            query.reset();
            return query.bind(1, key).step();
        };
        const auto check = [&](bool good, const char* key) {
            if (!good)
                throw failure(errc::damaged,
                              file.string() + ": what it says of its own " + key + " is not what was written: restore it from a copy");
        };
        check(find("uuid") && query.blob(0).size() == uuid.size() &&
                  query.number(1) == row_checksum().add("uuid").add(query.blob(0)).value(),
              "uuid");
        std::memcpy(uuid.data(), query.blob(0).data(), uuid.size());
        check(find("created_at") && query.number(1) == row_checksum().add("created_at").add(query.number(0)).value(), "created_at");
        created_at = timestamp(std::chrono::microseconds(query.number(0)));
    }

    options how;
    bool memory;
    std::filesystem::path file;
    claim owned;
    whereabouts where;  // known once the store is open
    pid_t process = ::getpid();
    catalogue types;
    std::array<std::byte, 16> uuid{};
    timestamp created_at{};
    std::unique_ptr<notify_page> bell;
    std::mutex one_connection;               // in memory it is everybody's
    std::optional<gathering_vfs> gathering;  // under the writer's connection
    std::unique_ptr<writer> writing;
    std::unique_ptr<append_queue> queue;
    std::unique_ptr<reader> in_memory_reader;  // on the writer's connection
    std::mutex pool;
    std::vector<std::unique_ptr<lent>> idle;
};

sqlite_log::sqlite_log(const std::filesystem::path& file, const options& how) : state_(std::make_unique<state>(file, how)) {}

/// In a forked child nothing is touched, and so leaked: the lock of the turnstile is one with the parent's, and SQLite believes that the
/// parent's locks are its own.
sqlite_log::~sqlite_log() {
    if (state_->process != ::getpid()) static_cast<void>(state_.release());
}

std::vector<append_result> sqlite_log::append_all(std::span<const append_request> requests) {
    state_->check_writable(requests);
    return state_->queue->append(requests);
}

std::future<append_result> sqlite_log::append_async(append_request request) {
    state_->check_writable({&request, 1});
    return state_->queue->append_async(std::move(request));
}

std::optional<answered> sqlite_log::find_answer(const command_id& id) const {
    if (id.empty()) return std::nullopt;
    return state_->lend()->find_answer(id);
}

std::optional<snapshot> sqlite_log::find_snapshot(const stream_name& stream) const { return state_->lend()->find_snapshot(stream); }

void sqlite_log::read_page(const stream_name* stream, const read_options& what, page& out) const {
    if (!what.query.items.empty()) check_query(what.query, "a query");
    state_->lend()->read_page(stream, what, out);
}

position sqlite_log::head() const { return state_->lend()->head(); }

position sqlite_log::wait(position after, std::chrono::steady_clock::time_point deadline) const {
    for (;;) {
        const std::uint32_t rung = state_->bell->count();
        const position newest = head();
        const auto now = std::chrono::steady_clock::now();
        if (newest > after || now >= deadline) return newest;
        state_->where.check("nothing more will be heard of it");
        state_->bell->wait(rung, std::min(deadline, now + (state_->hears_others() ? longest_sleep : poll_pause)));
    }
}

std::optional<stream_info> sqlite_log::find_stream(const stream_name& stream) const { return state_->lend()->find_stream(stream.text()); }

std::vector<stream_info> sqlite_log::streams(std::int64_t after_id, std::size_t limit) const {
    return state_->lend()->streams(after_id, limit);
}

const stored_type& sqlite_log::type(type_id id) const {
    if (!state_->types.knows(id)) state_->types.refresh(state_->lend().on());
    return state_->types.at(id);
}

std::vector<stored_type> sqlite_log::types() const {
    state_->types.refresh(state_->lend().on());
    return state_->types.all();
}

std::array<std::byte, 16> sqlite_log::uuid() const { return state_->uuid; }

timestamp sqlite_log::created_at() const { return state_->created_at; }

std::optional<std::uint64_t> sqlite_log::checksum_at(position where) const { return state_->lend()->checksum_at(where); }

std::string sqlite_log::name() const { return state_->file.string(); }

verified sqlite_log::verify(const on_verified& tell) const {
    const state::loan reading = state_->lend();
    state_->types.refresh(reading.on());
    return verification(reading.on(), state_->types, tell).run();
}

}  // namespace acta
