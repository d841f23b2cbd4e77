// acta::rebuild: a read model made anew from the first event, beside the live one, and put in its place at once.
#include <acta/store/log.hpp>
#include <acta/replay/rebuild.hpp>

#include "replay/batches.hpp"
#include "replay/difference.hpp"
#include "replay/made_by.hpp"
#include "replay/origin.hpp"
#include "store/open_file.hpp"

#include <unistd.h>
#include <algorithm>

namespace acta {

namespace {

using namespace detail;
using steady = std::chrono::steady_clock;

void remove_model(const std::filesystem::path& file) {
    for (const char* const suffix : {"", "-wal", "-shm"}) ::unlink((file.string() + suffix).c_str());
}

bool is_there(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(file, error));
}

const std::filesystem::path& on_disk(const std::filesystem::path& file) {
    if (file == ":memory:") throw failure(errc::misuse, "a read model in memory cannot be rebuilt: make it anew");
    return file;
}

}  // namespace

struct rebuild::state {
    state(const log& from_log, const std::filesystem::path& of, const runner::group& projections, const rebuild_options& given)
        : from(from_log), described(checked(projections)), how(given), file(canonical_parent(on_disk(of))), fresh_file(rebuild_file(file)) {
        const int page_size = look_at_the_live_one();
        try {
            open(page_size);
        } catch (const failure& why) {
            // What an interrupted rebuild left is of no use: not this program's, of another history, or spoiled.
            if (why.code() != errc::outdated_read_model && why.code() != errc::other_read_model && why.code() != errc::damaged) throw;
            start_over(page_size);
        }
    }

    // ---- beginning
    /// Refuses a live model that this group is no rebuild of; answers its page size.
    int look_at_the_live_one() const {
        if (!is_there(file)) return 0;
        model live(file, access::read, {});
        live.begin();
        const auto stored = live.members();
        const auto found = live.stored_checkpoint();
        if (!stored.empty()) {
            try {
                check_members(live.shown(), stored, described);
            } catch (const failure& why) {
                if (why.code() != errc::outdated_read_model) throw;
            }
        }
        if (found && found->store != from.uuid()) throw failure(errc::other_read_model, *foreign_history(live.shown(), *found, from));
        return static_cast<int>(live.on().number("PRAGMA page_size"));
    }

    void open(int page_size) {
        fresh = std::make_unique<model>(fresh_file, access::fill, how.run.clock->now(), page_size);
        const std::string maker = made_by(described);
        {
            transaction turn(*fresh);
            const bool begun = !fresh->members().empty();
            if (begun && fresh->fact("made_by") != maker)
                throw failure(errc::outdated_read_model, fresh_file.string() + " was begun by another program: it is begun again");
            fresh->put_fact("made_by", maker);
            turn.commit();
        }
        work = std::make_unique<batches>(from, *fresh, described, how.run, definition::make_but_indexes);
    }

    void start_over(int page_size) {
        if (fresh) discard();  // while it is locked
        else remove_model(fresh_file);
        open(page_size);
    }

    // ---- filling
    void catch_up(acta::position until) {
        const auto begun = steady::now();
        const acta::position first = work->position();
        const caught_up done = work->catch_up(until, [&](const progress& now) {
            if (!how.tell) return;
            const double seconds = std::chrono::duration<double>(steady::now() - begun).count();
            rebuild_progress told{now.position, now.until, static_cast<double>(now.events) / seconds, {}};
            if (now.position > first)
                told.left = std::chrono::milliseconds(static_cast<std::int64_t>(
                    1'000 * seconds * static_cast<double>(now.until - now.position) / static_cast<double>(now.position - first)));
            if (!how.tell(told))
                throw failure(errc::cancelled, "the rebuild of " + file.string() + " was cancelled at position " +
                                                   std::to_string(now.position) + ": the next one goes on from there");
        });
        events += done.events;
    }

    void run() {
        catch_up(from.head());
        work->finish_indexes();
        has_run = true;
    }

    // ---- comparing
    rebuild_difference difference(std::size_t samples) {
        rebuild_difference out;
        if (!is_there(file)) throw failure(errc::not_found, file.string() + " is not there: there is nothing to compare with");
        if (work->position() > live_position()) start_over(static_cast<int>(fresh->on().number("PRAGMA page_size")));
        const two_models both(file, fresh_file);
        catch_up(std::min(both.live_position(), from.head()));
        out.position = work->position();
        out.tables = both.compare(samples);
        out.letters_before = both.live_letters();
        out.letters_after = fresh->letters();
        return out;
    }
    acta::position live_position() const {
        model in(file, access::read, {});
        const auto at = in.stored_checkpoint();
        return at ? at->position : 0;
    }

    // ---- putting in place
    rebuilt replace() {
        if (!has_run) run();
        catch_up(from.head());  // what came meanwhile, so that little is left to do while the runner has to wait
        model live(file, is_there(file) ? access::mend : access::run, how.run.clock->now());
        rebuilt done;
        live.replace_by(*fresh, [&] { done = complete(live); });
        discard();
        return done;
    }

    /// Nobody writes to the live model meanwhile.
    rebuilt complete(const model& live) {
        const auto before = live.stored_checkpoint();
        if (before && !foreign_history(live.shown(), *before, from)) catch_up(before->position);
        transaction turn(*fresh);
        checkpoint at = work->at();
        at.generation = (before ? before->generation : 0) + 1;
        at.updated_at = how.run.clock->now();
        fresh->put(at);
        fresh->forget_fact("made_by");
        const std::size_t letters = keep_what_is_known_of(live.letters());
        turn.commit();
        return {at.position, at.generation, events, letters};
    }

    /// A letter whose event has failed again is the same letter still.
    std::size_t keep_what_is_known_of(const std::vector<dead_letter>& before) {
        const auto now = fresh->letters();
        for (dead_letter letter : now)
            for (const dead_letter& then : before)
                if (then.projection == letter.projection && then.stream == letter.stream && then.version == letter.version) {
                    letter.parked_at = then.parked_at;
                    letter.attempts += then.attempts;
                    fresh->put(letter);
                }
        return now.size();
    }

    void discard() {
        work.reset();
        if (fresh) fresh->discard();
        fresh.reset();
    }

    const log& from;
    const runner::group described;
    const rebuild_options how;
    const std::filesystem::path file, fresh_file;
    std::unique_ptr<model> fresh;
    std::unique_ptr<batches> work;
    std::uint64_t events = 0;
    bool has_run = false;
};

rebuild::rebuild(const log& from, const std::filesystem::path& file, const runner::group& projections, const rebuild_options& how)
    : state_(std::make_unique<state>(from, file, projections, how)) {}
rebuild::~rebuild() = default;

rebuild_difference rebuild::difference(std::size_t samples) { return state_->difference(samples); }

void rebuild::run() { state_->run(); }

rebuilt rebuild::replace() { return state_->replace(); }

void rebuild::discard() { state_->discard(); }

}  // namespace acta
