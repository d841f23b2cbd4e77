// Batch by batch from a log into one read model, and what becomes of the events that fail.
#include "replay/batches.hpp"

#include <acta/store/log.hpp>
#include <acta/read/delivery.hpp>

#include "replay/origin.hpp"

#include <algorithm>
#include <exception>
#include <thread>

namespace acta::detail {

namespace {

constexpr auto longest_pause = std::chrono::minutes(1);
constexpr auto between_rates = std::chrono::seconds(1);
constexpr auto between_questions = std::chrono::milliseconds(20);

/// Asks now and then whether to go on; that throws if not.
void rest_until(std::chrono::steady_clock::time_point when, const std::function<void()>& ask) {
    for (auto now = std::chrono::steady_clock::now(); now < when; now = std::chrono::steady_clock::now()) {
        ask();
        std::this_thread::sleep_until(std::min(when, now + between_questions));
    }
}

/// The text as UTF-8 SQLite can keep, not endless.
std::string kept(const std::string& words) { return words.substr(0, 4'096); }

}  // namespace

batches::batches(const log& from, model& into, runner::group projections, runner_options how, definition defining)
    : from_(from), into_(into), projections_(std::move(projections)), how_(std::move(how)), defining_(defining) {
    start();
}

// ---- beginning ------------------------------------------------------------------------------------------------------------------

void batches::start() {
    transaction turn(into_);
    const auto found = into_.stored_checkpoint();
    const bool fresh = into_.members().empty() && !found;
    if (fresh) at_.store = from_.uuid();
    else check_stored(), at_ = *found;
    shown_ = at_.position;
    try {
        make_objects();
        live_->feed().learn_catalogue();  // what cannot be read is told now, not at the first such event
        if (fresh) {
            for (const model::member& each : live_->members()) into_.put(each);
            into_.put(at_);
        } else {
            compare_tables();
        }
        turn.commit();
    } catch (...) {
        drop_objects();
        throw;
    }
}

void batches::check_stored() const {
    const auto stored = into_.members();
    const auto found = into_.stored_checkpoint();
    if (stored.empty() || !found)
        throw failure(errc::damaged, into_.shown() + ": its checkpoint or its projection is missing: delete the file and replay");
    check_members(into_.shown(), stored, projections_);
    if (const auto problem = foreign_history(into_.shown(), *found, from_)) throw failure(errc::other_read_model, *problem);
}

void batches::compare_tables() const {
    const auto stored = into_.members();
    for (const model::member& now : live_->members())
        for (const model::member& then : stored)
            if (then.name == now.name && then.tables != now.tables)
                throw failure(errc::outdated_read_model, into_.shown() + " holds other tables than the projection '" + now.name +
                                                             "' makes now: raise the projection's revision, and rebuild it or replay "
                                                             "into a new file");
}

void batches::make_objects() { live_ = std::make_unique<live_group>(from_, projections_, into_, defining_); }

void batches::finish_indexes() {
    drop_objects();
    defining_ = definition::make;
    transaction turn(into_);
    make_objects();
    drop_objects();
    turn.commit();
}

// ---- batches --------------------------------------------------------------------------------------------------------------------

step_done batches::step(acta::position until, const on_progress& tell) {
    until = std::max(at_.position, std::min(until, from_.head()));
    step_done done{at_.position, until, 0, {}, {}};
    if (until == at_.position) return done;
    if (failing_ && at_.position >= failing_->at.position) failing_.reset();  // somebody else has got over it

    acta::position target = until;
    if (failing_ && at_.position < failing_->at.position - 1) {
        target = failing_->at.position - 1;
    } else if (failing_ && failing_->attempts >= how_.attempts) {
        settle();
    } else if (failing_) {
        if (steady::now() < failing_->again) return tell_failing(done), done;
        target = failing_->at.position;
    }
    try {
        done.events = run_batch(std::min(target, until), until, tell);
    } catch (const flush_failure&) {
        if (at_.position < careful_until_) throw;
        careful_until_ = reached_;  // once more, writing after each event, to find the one
    } catch (const event_failure& why) {
        if (!of_the_projection(why.code())) throw;
        note(why);
    }
    done.position = at_.position;
    done.until = std::max(done.until, at_.position);
    if (failing_ && at_.position == failing_->at.position - 1 && failing_->attempts < how_.attempts) tell_failing(done);
    return done;
}

void batches::tell_failing(step_done& done) const {
    done.again_at = failing_->again;
    done.failing = failing_->sentence;
}

/// Applies events up to `target` or a batch's limits, and commits. Nothing of it is left when it throws, unless the log could not be
/// read on: then what came before is committed. Answers how many events were delivered.
std::uint64_t batches::run_batch(acta::position target, acta::position until, const on_progress& tell) {
    const auto begun = steady::now();
    transaction turn(into_);
    try {
        go_on_from_what_is_stored();
        live_->careful(at_.position < careful_until_);
        const std::uint64_t before = live_->feed().delivered();
        std::exception_ptr unreadable;
        const acta::position reached = apply_until(target, until, tell, unreadable);
        live_->flush();
        const std::uint64_t events = live_->feed().delivered() - before;
        if (reached > at_.position) {
            measure(events, begun);
            const checkpoint next = checkpoint_at(from_, reached, at_.generation, how_.clock->now());
            into_.put(next);
            turn.commit();
            at_ = next;
            shown_ = at_.position;
            if (failing_ && at_.position >= failing_->at.position) failing_.reset();
            if (how_.on_commit) how_.on_commit(at_);
        }
        if (unreadable) std::rethrow_exception(unreadable);
        return events;
    } catch (...) {
        drop_objects();
        throw;
    }
}

/// Somebody else may have mended a letter or put a rebuild in place: then rows kept in memory are not those of the file any more.
void batches::go_on_from_what_is_stored() {
    const auto stored = into_.stored_checkpoint();
    if (!stored) throw failure(errc::damaged, into_.shown() + ": its checkpoint is gone: delete the file and replay");
    const bool changed = *stored != at_;
    if (changed) {
        drop_objects();
        check_stored();
        at_ = *stored;
        shown_ = at_.position;
    }
    if (!live_) make_objects();
    if (changed) compare_tables();
}

acta::position batches::apply_until(acta::position target, acta::position until, const on_progress& tell, std::exception_ptr& unreadable) {
    event_feed& feed = live_->feed();
    const auto deadline = steady::now() + how_.batch_time;
    const std::uint64_t first = feed.delivered(), last = first + std::max<std::size_t>(how_.batch_events, 1);
    reached_ = at_.position;
    while (reached_ < target) {
        try {
            reached_ = feed.deliver_page(reached_, target, static_cast<std::size_t>(last - feed.delivered()));
        } catch (const event_failure&) { throw; } catch (const failure&) {
            unreadable = std::current_exception();
            break;
        }
        if (tell) tell({reached_, until, feed.delivered() - first});
        if (feed.delivered() >= last || steady::now() >= deadline) break;
    }
    return reached_;
}

void batches::measure(std::uint64_t events, steady::time_point begun) {
    const auto now = steady::now();
    events_measured_ += events;
    time_measured_ += now - begun;
    if (now < rate_due_ || events_measured_ == 0) return;
    const double seconds = std::chrono::duration<double>(time_measured_).count();
    into_.put_fact("events_per_second", std::to_string(static_cast<std::int64_t>(static_cast<double>(events_measured_) / seconds)));
    events_measured_ = 0;
    time_measured_ = {};
    rate_due_ = now + between_rates;
}

caught_up batches::catch_up(acta::position until, const on_progress& tell) {
    caught_up total{at_.position, at_.position, 0};
    until = std::min(until, from_.head());
    on_progress tell_total;
    if (tell) tell_total = [&](const progress& now) { tell({now.position, now.until, total.events + now.events}); };
    while (at_.position < until) {
        const step_done done = step(until, tell_total);
        total.events += done.events;
        total.position = done.position;
        if (done.again_at)
            rest_until(*done.again_at, [&] {
                if (tell) tell({total.position, until, total.events});
            });
    }
    return total;
}

// ---- events that fail -----------------------------------------------------------------------------------------------------------

std::chrono::milliseconds batches::pause_after(std::uint32_t attempts) const {
    std::chrono::milliseconds pause = how_.back_off;
    for (std::uint32_t i = 1; i < attempts && pause < longest_pause; ++i) pause *= 2;
    return std::min<std::chrono::milliseconds>(pause, longest_pause);
}

void batches::note(const event_failure& why) {
    const bool again = failing_ && failing_->at.position == why.at.position && failing_->at.listener == why.at.listener;
    const bool hopeless = why.code() == errc::layout_mismatch || why.at.stream.empty();  // no further attempt makes it readable
    const std::uint32_t attempts = hopeless ? std::max<std::uint32_t>(how_.attempts, 1) : (again ? failing_->attempts : 0) + 1;
    failing_ = failing_event{why.at, why.code(), why.what(), attempts, steady::now() + pause_after(attempts)};
}

/// It was tried often enough.
void batches::settle() {
    const failing_event what = *std::exchange(failing_, std::nullopt);
    const bool unreadable = what.code == errc::layout_mismatch || what.at.stream.empty();
    if (how_.failing == on_failure::stop || unreadable) {
        remember_error(what);
        throw stopped_at_an_event(what.code, what.sentence);
    }
    park(what);
}

void batches::remember_error(const failing_event& what) {
    try {
        transaction turn(into_);
        into_.put_fact("last_error", kept(what.sentence));
        into_.put_fact("last_error_at", std::to_string(how_.clock->now().time_since_epoch().count()));
        turn.commit();
    } catch (const failure&) {}  // it is told anyway
}

void batches::park(const failing_event& what) {
    const auto now = how_.clock->now();
    const dead_letter letter{.projection = std::string(projections::view(projections_[what.at.listener]->name)),
                             .stream = what.at.stream,
                             .version = what.at.version,
                             .position = what.at.position,
                             .type = what.at.type,
                             .revision = what.at.revision,
                             .error = kept(what.at.words),
                             .attempts = what.attempts,
                             .whole_stream = how_.failing == on_failure::park_stream,
                             .parked_at = now};
    {
        transaction turn(into_);
        if (into_.stored_checkpoint() != at_) return;  // the next batch goes on from there, and meets the event again or not
        into_.put(letter);
        into_.put_fact("last_error", kept(what.sentence));
        into_.put_fact("last_error_at", std::to_string(now.time_since_epoch().count()));
        turn.commit();
    }
    drop_objects();  // those that are made next know of the letter
    if (how_.on_parked) how_.on_parked(letter);
}

}  // namespace acta::detail
