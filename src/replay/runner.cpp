// acta::runner: brings a read model up to date with its log, batch by batch.
#include <acta/store/log.hpp>
#include <acta/replay/runner.hpp>

#include "event/text.hpp"
#include "replay/event_feed.hpp"
#include "replay/model.hpp"
#include "replay/projection_object.hpp"
#include "replay/read_view.hpp"

#include <exception>

namespace acta {

namespace {

using namespace detail;

/// The end of a batch failed, and it is not known yet on account of which event.
class flush_failure : public failure {
public:
    using failure::failure;
};

/// Is it the projection's own fault, so that trying the events before it makes sense?
bool of_the_projection(errc code) { return code == errc::projection_failed || code == errc::layout_mismatch; }

}  // namespace

struct runner::state {
    state(const log& from_log, const std::filesystem::path& file, const acta_projection& projection, const runner_options& given)
        : from(from_log), described(checked(projection)), how(given), held(file, model::access::write, given.clock->now()) {
        try {
            start();
        } catch (...) {
            held.discard();
            throw;
        }
    }

    static const acta_projection& checked(const acta_projection& projection) {
        check_projection(projection, "the projection");
        return projection;
    }

    // ---- beginning
    void start() {
        transaction turn(held);
        const auto stored = held.members();
        const auto found = held.stored_checkpoint();
        const bool fresh = stored.empty() && !found;
        if (fresh) {
            at.store = from.uuid();
        } else {
            check_origin(stored, found);
            at = *found;
        }
        try {
            make_object();
            feed->learn_catalogue();  // what cannot be read is told now, not at the first such event
            if (fresh) {
                held.put({std::string(projections::view(described.name)), described.revision, object->tables()});
                held.put(at);
            } else if (stored.front().tables != object->tables()) {
                throw failure(errc::other_read_model, held.shown() + " holds other tables than the projection '" + stored.front().name +
                                                          "' makes now: raise the projection's revision and replay into a new file");
            }
            turn.commit();
        } catch (...) {
            drop_object();
            throw;
        }
    }

    void check_origin(const std::vector<model::member>& stored, const std::optional<checkpoint>& found) const {
        if (stored.empty() || !found)
            throw failure(errc::damaged, held.shown() + ": its checkpoint or its projection is missing: delete the file and replay");
        check_same_projection(held.shown(), stored, described);
        if (stored.size() > 1)
            throw failure(errc::other_read_model, held.shown() + " is shared by " + std::to_string(stored.size()) +
                                                      " projections, of which this runner has one: name another file");
        if (found->store != from.uuid())
            throw failure(errc::other_read_model, held.shown() + " was built from another store than " + from.name() + " (" +
                                                      uuid(found->store) + ", not " + uuid(from.uuid()) + "): replay into a new file");
        if (found->position == 0) return;
        const std::string history = held.shown() + " was built from another history than the one in " + from.name() + ": ";
        const std::string advice = " (was the store restored from a copy?): replay into a new file";
        if (found->position > from.head())
            throw failure(errc::other_read_model, history + "it has applied events up to position " + std::to_string(found->position) +
                                                      ", and the store ends at " + std::to_string(from.head()) + advice);
        if (from.checksum_at(found->position) != found->entry_checksum)
            throw failure(errc::other_read_model,
                          history + "the entry at position " + std::to_string(found->position) + " is another one" + advice);
    }

    static std::string uuid(const std::array<std::byte, 16>& bytes) { return uuid_text(bytes); }

    // ---- the projection object
    void make_object() {
        object = std::make_unique<projection_object>(described, held.on(), held.rules(), false);
        feed = std::make_unique<event_feed>(from, described, receiver{this, &state::learn, &state::apply});
    }
    /// Its rows in memory are of no use once the transaction that they belong to is gone.
    void drop_object() noexcept {
        feed.reset();
        object.reset();
    }
    static void learn(void* self, const acta_stored_type& type) { static_cast<state*>(self)->object->learn(type); }
    static void apply(void* self, const acta_event& event) {
        auto& of = *static_cast<state*>(self);
        of.object->apply(event);
        if (of.careful) of.object->flush();
    }

    // ---- batches
    /// Applies events up to `until` or a batch's limits, and commits. Nothing of it is left when it throws, unless the log could not be
    /// read on: then what came before is committed.
    void run_batch(acta::position until, const on_progress& tell, caught_up& total) {
        transaction turn(held);
        try {
            go_on_from_what_is_stored();
            const std::uint64_t before = feed->delivered();
            std::exception_ptr unreadable;
            const acta::position reached = apply_until(until, tell, total.events - before, unreadable);
            flush();
            if (reached > at.position) {
                checkpoint next = at;
                next.position = reached;
                next.entry_checksum = from.checksum_at(reached).value_or(0);
                next.updated_at = how.clock->now();
                held.put(next);
                turn.commit();
                at = next;
                total.position = reached;
                total.events += feed->delivered() - before;
            }
            if (unreadable) std::rethrow_exception(unreadable);
        } catch (...) {
            drop_object();
            throw;
        }
    }

    void go_on_from_what_is_stored() {
        const auto stored = held.stored_checkpoint();
        if (!stored) throw failure(errc::damaged, held.shown() + ": its checkpoint is gone: delete the file and replay");
        if (*stored != at) drop_object();
        at = *stored;
        if (!object) make_object();
    }

    acta::position apply_until(acta::position until, const on_progress& tell, std::uint64_t told, std::exception_ptr& unreadable) {
        const auto deadline = std::chrono::steady_clock::now() + how.batch_time;
        const std::uint64_t last = feed->delivered() + how.batch_events;
        acta::position reached = at.position;
        while (reached < until) {
            try {
                reached = feed->deliver_page(reached, until);
            } catch (const event_failure&) { throw; } catch (const failure&) {
                unreadable = std::current_exception();
                break;
            }
            if (tell) tell({reached, until, told + feed->delivered()});
            if (feed->delivered() >= last || std::chrono::steady_clock::now() >= deadline) break;
        }
        return reached;
    }

    void flush() {
        try {
            object->flush();
        } catch (const failure& why) {
            if (!of_the_projection(why.code())) throw;
            throw flush_failure(why.code(), "the projection '" + std::string(projections::view(described.name)) +
                                                "' failed to write its rows: " + why.what());
        }
    }

    /// An event that the projection fails on ends the run, but only after everything before it is committed.
    caught_up catch_up(acta::position until, const on_progress& tell) {
        caught_up total{at.position, at.position, 0};
        until = std::min(until, from.head());
        std::exception_ptr stopped_by;
        while (at.position < until) {
            try {
                run_batch(until, stopped_by ? on_progress() : tell, total);
                careful = false;
            } catch (const flush_failure&) {
                if (careful) throw;
                careful = true;  // once more, writing after each event, to find the one
            } catch (const event_failure& why) {
                if (!of_the_projection(why.code())) throw;
                if (!stopped_by) stopped_by = std::current_exception();
                until = why.position - 1;
            }
        }
        careful = false;
        if (stopped_by) std::rethrow_exception(stopped_by);
        return total;
    }

    const log& from;
    const acta_projection& described;
    const runner_options how;
    model held;
    checkpoint at;
    bool careful = false;
    std::unique_ptr<projection_object> object;
    std::unique_ptr<event_feed> feed;
};

runner::runner(const log& from, const std::filesystem::path& file, const acta_projection& projection, const runner_options& how)
    : state_(std::make_unique<state>(from, file, projection, how)) {}
runner::runner(runner&&) noexcept = default;
runner& runner::operator=(runner&&) noexcept = default;
runner::~runner() = default;

caught_up runner::catch_up(acta::position until, const on_progress& tell) { return state_->catch_up(until, tell); }

acta::position runner::position() const noexcept { return state_->at.position; }

std::shared_ptr<detail::read_view> runner::view(const acta_projection& of) const {
    if (state_->held.in_memory()) return std::make_shared<read_view>(state_->held, of);
    return open_view(state_->held.shown(), of);
}

}  // namespace acta
