// acta::follower: keeps a read model up to date for as long as the program runs, whatever goes wrong on the way.
#include <acta/store/log.hpp>
#include <acta/read/delivery.hpp>
#include <acta/replay/follower.hpp>

#include "event/text.hpp"
#include "replay/batches.hpp"
#include "replay/group.hpp"
#include "replay/parked_streams.hpp"

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace acta {

namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto between_looks_at_the_lock = 50ms;
constexpr auto between_looks_at_a_stop = 20ms;
constexpr std::chrono::milliseconds first_pause = 100ms, longest_pause = 10s;
constexpr auto no_time = 24h;  // nothing is due but new events

using parked_by_projection = std::map<std::string, detail::parked_streams, std::less<>>;

parked_by_projection by_projection(const std::vector<dead_letter>& letters) {
    parked_by_projection out;
    for (const dead_letter& each : letters) out[each.projection].add(each);
    return out;
}

/// Without a projection: from any of them.
bool keep_out(const parked_by_projection& letters, std::string_view projection, std::string_view stream, acta::version version) {
    return std::any_of(letters.begin(), letters.end(), [&](const auto& each) {
        return (projection.empty() || each.first == projection) && each.second.keeps_out(stream, version);
    });
}

/// May the same attempt succeed later, without anybody mending a program, a file or a name?
bool passes_by_itself(errc code) {
    switch (code) {
    case errc::disk_full:
    case errc::io:
    case errc::busy:
    case errc::not_found:
    case errc::unknown_outcome: return true;
    default: return false;
    }
}

/// The pause, and the next one is twice as long.
std::chrono::milliseconds longer(std::chrono::milliseconds& pause) {
    return std::exchange(pause, std::min<std::chrono::milliseconds>(2 * pause, longest_pause));
}

template <class Callback, class... Given>
void call(const Callback& callback, const Given&... given) noexcept {
    if (!callback) return;
    try {
        callback(given...);
    } catch (...) {  // a listener's failure is its own
    }
}

}  // namespace

const char* to_string(follower_state state) noexcept {
    switch (state) {
    case follower_state::not_started: return "not_started";
    case follower_state::standing_by: return "standing_by";
    case follower_state::rebuilding: return "rebuilding";
    case follower_state::catching_up: return "catching_up";
    case follower_state::up_to_date: return "up_to_date";
    case follower_state::failing: return "failing";
    case follower_state::stopped: return "stopped";
    }
    return "unnamed";
}

struct follower::state {
    const pid_t process = ::getpid();
    state(const log& from_log, std::filesystem::path of, runner::group projections, follower_options given)
        : from(from_log), file(std::move(of)), described(std::move(projections)), how(std::move(given)) {
        how.run.on_commit = [this, also = how.run.on_commit](const checkpoint& at) {
            committed(at);
            call(also, at);
            call(how.on_progress, at);
        };
        how.run.on_parked = [this, also = how.run.on_parked](const dead_letter& letter) {
            {
                const std::lock_guard lock(guard);
                parked[letter.projection].add(letter);
                now.last_error = letter.error;
            }
            call(also, letter);
            call(how.on_dead_letter, letter);
        };
    }

    // ---- stepping
    next_step step() {
        if (now.state == follower_state::stopped) return {steady::now() + no_time, {}};
        try {
            if (!run && !open()) return {steady::now() + between_looks_at_the_lock, {}};
            return advance();
        } catch (const failure& why) { return failed(why.code(), why.what(), hopeless(why)); } catch (const std::exception& why) {
            return failed(errc::io, why.what(), false);
        }
    }

    /// What a projection fails at while its object is made, or its rows are written, no event is to blame for: it may pass.
    static bool hopeless(const failure& why) {
        if (dynamic_cast<const detail::stopped_at_an_event*>(&why)) return true;
        return why.code() != errc::projection_failed && !passes_by_itself(why.code());
    }

    next_step advance() {
        const step_done done = run->step();
        pause = first_pause;
        if (done.again_at) {
            tell(follower_state::failing, done.failing);
            return {*done.again_at, {}};
        }
        const bool all = done.position >= done.until;
        tell(all ? follower_state::up_to_date : follower_state::catching_up);
        if (all) return {steady::now() + no_time, done.position};
        return {steady::now(), {}};
    }

    /// Waits for events. What goes wrong with the log meanwhile ends no thread: the next step is due after a pause.
    bool grown(next_step& next, steady::time_point until) {
        try {
            const bool more = from.wait(*next.beyond, until) > *next.beyond;
            pause_of_the_log = first_pause;
            return more;
        } catch (const std::exception& why) {
            tell(follower_state::failing, why.what());
            next = {steady::now() + longer(pause_of_the_log), {}};
            return false;
        }
    }

    /// False: another runner has the read model.
    bool open() {
        try {
            if (file != ":memory:" && file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
            start();
        } catch (const failure& why) {
            if (why.code() == errc::busy) return tell(follower_state::standing_by), follow_another(), false;
            if (why.code() != errc::outdated_read_model || !how.rebuild_when_outdated) throw;
            rebuild_it();
            start();
        }
        generation = 0;
        know_parked(run->letters());
        move_to(run->position());
        return true;
    }

    void start() { run = std::make_unique<runner>(from, file, described, how.run); }

    /// Whoever runs the read model moves its checkpoint, and those who wait here see it all the same.
    void follow_another() {
        const auto at = inspect_read_model(file).checkpoint;
        if (!at) return;
        know_parked(dead_letters(file));
        move_to(at->position);
    }

    void rebuild_it() {
        tell(follower_state::rebuilding);
        rebuild_options options{.run = how.run, .tell = {}};
        options.run.on_commit = {};
        options.tell = [this](const rebuild_progress& at) {
            call(how.on_rebuild, at);
            return !stopping;
        };
        rebuild(from, file, described, options).replace();
    }

    next_step failed(errc code, const std::string& why, bool hopeless) {
        run.reset();
        if (code == errc::cancelled) return tell(follower_state::not_started), next_step{steady::now() + no_time, {}};
        tell(hopeless ? follower_state::stopped : follower_state::failing, why);
        if (hopeless) return {steady::now() + no_time, {}};
        return {steady::now() + longer(pause), {}};
    }

    // ---- telling
    void tell(follower_state reached, const std::string& error = {}) {
        {
            const std::lock_guard lock(guard);
            now.state = reached;
            if (!error.empty()) now.last_error = error;
        }
        moved.notify_all();
        if (reached == follower_state::up_to_date) told.clear();
        if (!error.empty() && std::exchange(told, error) != error) call(how.on_failed, error);
    }

    void committed(const checkpoint& at) {
        told.clear();
        if (at.generation != std::exchange(generation, at.generation)) know_parked(run->letters());
        move_to(at.position);
    }

    void move_to(acta::position where) {
        {
            const std::lock_guard lock(guard);  // so that nobody misses the call who has just looked
            position = where;
        }
        moved.notify_all();
    }

    void know_parked(const std::vector<dead_letter>& letters) {
        const std::lock_guard lock(guard);
        parked = by_projection(letters);
    }

    // ---- waiting
    /// Nobody tells a follower that a letter was retried or discarded: so what it knows may be out of date, until the next commit.
    parked_by_projection parked_as_stored() const {
        if (file != ":memory:") {
            try {
                return by_projection(dead_letters(file));
            } catch (const failure&) {}  // then what is known has to do
        }
        const std::lock_guard lock(guard);
        return parked;
    }
    waited wait(acta::position where, steady::time_point deadline, std::string_view stream, acta::version of,
                std::string_view projection) const {
        std::unique_lock lock(guard);
        for (;;) {
            if (position >= where) {
                if (stream.empty() || !keep_out(parked, projection, stream, of)) return {waited::how::applied, {}};
                lock.unlock();
                if (keep_out(parked_as_stored(), projection, stream, of))
                    return {waited::how::parked,
                            "the stream " + detail::in_quotes(stream) + " has a dead letter in " + file.string() +
                                ": its events are not applied until that is retried or discarded (`acta dead-letters list` says why)"};
                return {waited::how::applied, {}};
            }
            if (stopping) return {waited::how::stopped, "the projection is no longer run here: it was stopped"};
            if (now.state == follower_state::stopped) return {waited::how::stopped, now.last_error.value_or("it was stopped")};
            if (steady::now() >= deadline) return {waited::how::timed_out, late(where)};
            moved.wait_until(lock, std::min(deadline, steady::now() + 100ms));
        }
    }
    std::string late(acta::position where) const {
        return file.string() + " stands at position " + std::to_string(position) + ", not yet at " + std::to_string(where) + " (" +
               to_string(now.state) + (now.last_error ? ": " + *now.last_error : "") + ")";
    }

    const log& from;
    const std::filesystem::path file;
    const runner::group described;
    follower_options how;
    std::unique_ptr<runner> run;
    std::chrono::milliseconds pause = first_pause, pause_of_the_log = first_pause;
    std::string told;             // to on_failed, since it went on
    std::int64_t generation = 0;  // whose letters are known
    std::atomic<bool> stopping{false};
    std::atomic<acta::position> position{0};

    mutable std::mutex guard;  // of what follows
    mutable std::condition_variable moved;
    follower_status now;
    parked_by_projection parked;
};

follower::follower(const log& from, std::filesystem::path file, runner::group projections, follower_options how)
    : state_(std::make_unique<state>(from, std::move(file), std::move(projections), std::move(how))) {}
/// In a forked child nothing is touched, and so leaked: its locks are one with the parent's, and their file is his.
follower::~follower() {
    if (state_->process != ::getpid()) static_cast<void>(state_.release());
}

next_step follower::step() { return state_->step(); }

void follower::run(const std::stop_token& stop) {
    state_->stopping = false;
    const std::stop_callback on_stop(stop, [this] { this->stop(); });
    while (!stop.stop_requested()) {
        next_step next = step();
        while (!stop.stop_requested() && steady::now() < next.at) {
            const auto until = std::min(next.at, steady::now() + between_looks_at_a_stop);
            if (!next.beyond) std::this_thread::sleep_until(until);
            else if (state_->grown(next, until)) break;
        }
    }
}

void follower::stop() noexcept {
    {
        const std::lock_guard lock(state_->guard);  // so that nobody misses the call who has just looked
        state_->stopping = true;
    }
    state_->moved.notify_all();
}

follower_status follower::status() const {
    const std::lock_guard lock(state_->guard);
    follower_status answer = state_->now;
    answer.position = state_->position;
    return answer;
}

const std::filesystem::path& follower::file() const noexcept { return state_->file; }

acta::position follower::position() const noexcept { return state_->position; }

waited follower::wait(acta::position where, std::chrono::steady_clock::time_point deadline, std::string_view stream, acta::version of,
                      std::string_view projection) const {
    return state_->wait(where, deadline, stream, of, projection);
}

}  // namespace acta
