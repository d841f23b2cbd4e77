// An application's parts and how they hang together.
#include <acta/read/delivery.hpp>
#include <acta/replay/plugins.hpp>
#include <acta/runtime/application.hpp>

#include "event/text.hpp"
#include "runtime/announcer.hpp"
#include "runtime/follower_lane.hpp"
#include "runtime/head_watch.hpp"

#include <stdlib.h>
#include <unistd.h>
#include <algorithm>

namespace acta {

namespace detail {

namespace {

using std::chrono::steady_clock;

/// A folder that goes with the last who uses it.
std::shared_ptr<const std::filesystem::path> temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "acta-models-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw failure(errc::io, "no temporary folder can be made at " + name + ": look at its directory");
    return {new std::filesystem::path(name), [](const std::filesystem::path* made) {
                std::error_code ignored;
                std::filesystem::remove_all(*made, ignored);
                delete made;
            }};
}

}  // namespace

class running_application {
public:
    running_application(const std::filesystem::path& file, const application_options& given)
        : how(given),
          pool(given.pool ? *given.pool : workers()),
          in_memory(file == ":memory:" ? temporary_folder() : nullptr),
          base(in_memory ? *in_memory / "memory" : file),
          log(std::make_shared<sqlite_log>(file, given.store)),
          commands(*log, given.commands),
          signals(std::make_shared<announcer>(pool.pool())) {}

    void check_process() const {
        if (process != ::getpid())
            throw failure(errc::misuse,
                          "the application of " + base.string() +
                              " was made before this process was forked, and none of its threads are here: make another one after fork()");
    }

    void add(followed what) {
        if (what.name.empty() && what.projections.size() > 1)
            throw failure(errc::misuse,
                          "projections that share one read model need a name for it: app.project<balances, owners>(\"accounts\")");
        if (what.name.empty()) what.name = projections::view(what.projections.front()->name);
        what.file = read_model_path(base, what.name);
        for (const followed& known : parts) {
            if (known.name == what.name)
                throw failure(errc::misuse,
                              "the application has a part named " + in_quotes(what.name) + " already: give each another name");
            for (const acta_projection* const one : what.projections)
                if (find(known, projections::view(one->name)))
                    throw failure(errc::misuse,
                                  "the application has the projection " + in_quotes(projections::view(one->name)) + " already");
        }
        parts.push_back(std::move(what));
    }

    static bool find(const followed& in, std::string_view wanted) {
        return std::any_of(in.projections.begin(), in.projections.end(),
                           [&](const acta_projection* one) { return projections::view(one->name) == wanted; });
    }
    std::size_t place_of(std::string_view wanted) const {
        const auto found = std::find_if(parts.begin(), parts.end(), [&](const followed& one) { return find(one, wanted); });
        if (found == parts.end())
            throw failure(errc::misuse,
                          "the application has no projection " + in_quotes(wanted) + ": name it before start(), app.project<...>()");
        return static_cast<std::size_t>(found - parts.begin());
    }
    std::size_t place_of(const acta_projection& wanted) const { return place_of(projections::view(wanted.name)); }

    void start() {
        check_process();
        if (!in_memory && !parts.empty()) make_models_folder();
        const position now = log->head();  // whatever is appended once this has returned is a reaction's business
        std::vector<std::shared_ptr<follower_lane>> made;
        for (followed each : parts) {
            if (each.where.after < 0) each.where = {now};
            made.push_back(std::make_shared<follower_lane>(std::move(each), log, how.projections, signals, pool.pool()));
        }
        const std::vector<std::weak_ptr<follower_lane>> all(made.begin(), made.end());  // the watch keeps none of them alive
        const auto ring = [all, to = signals](acta::position head) {
            for (const auto& each : all)
                if (const auto one = each.lock()) one->appended(head);
            to->note(head);
        };
        watch = std::make_shared<head_watch>(log, ring, [to = signals](const std::string& why) {
            to->note(failure_report{"the log", why});
        });
        watch->start();  // what can fail comes before the lanes run
        pool.pool().add(signals);
        for (const auto& each : made) pool.pool().add(each);
        {
            const guard turn(mutex);
            lanes = made;
        }
        started = true;
    }

    void make_models_folder() const {
        const std::filesystem::path folder = read_model_path(base, "any").parent_path();
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        if (error) throw failure(errc::io, folder.string() + " cannot be made (" + error.message() + "): look at its directory");
    }

    std::vector<std::string> stop(std::chrono::milliseconds patience) {
        const guard one_at_a_time(stopping);
        if (!started || stopped) return {};
        stopped = true;
        const auto deadline = steady_clock::now() + patience;
        const auto all = running();
        std::vector<std::string> left;
        for (const auto& each : all) each->hurry();
        for (const auto& each : all) static_cast<void>(pool.pool().remove(*each, {}));  // nobody begins anything new
        for (std::size_t i = 0; i < all.size(); ++i)
            if (!pool.pool().remove(*all[i], deadline)) left.push_back(parts[i].name);
        if (!watch->stop(deadline)) left.emplace_back("the log");
        if (!pool.pool().remove(*signals, deadline)) left.emplace_back("the slots");
        const guard turn(mutex);
        lanes.clear();
        return left;
    }

    std::vector<std::shared_ptr<follower_lane>> running() const {
        const guard turn(mutex);
        return lanes;
    }

    waited wait(const acta_projection& projection, acta::position where, std::optional<std::chrono::milliseconds> patience,
                std::string_view stream, acta::version of) const {
        check_process();
        const auto deadline = steady_clock::now() + patience.value_or(how.patience);
        const std::size_t place = place_of(projection);
        const auto all = running();
        if (all.empty())
            return {waited::how::stopped, "the application " + log->name() + " does not run " + in_quotes(parts[place].name) +
                                              (started ? " any more: it was stopped" : " yet: call start()")};
        return all[place]->follows().wait(where, deadline, stream, of, projections::view(projection.name));
    }

    application_status status() const {
        check_process();
        application_status out;
        out.head = log->head();
        out.last_slot_failure = signals->last_slot_failure();
        const auto all = running();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            lane_status& one = out.lanes.emplace_back();
            one.name = parts[i].name;
            one.is_reaction = parts[i].reaction != nullptr;
            one.model = status_or_problem(*log, parts[i].file, *how.projections.run.clock);
            if (i < all.size()) one.now = all[i]->follows().status(), one.working_for = all[i]->working_for();
        }
        return out;
    }

    outcome sent(command_call& call, const std::function<outcome()>& send, std::size_t from_hook = 0) {
        if (from_hook < hooks.size()) return hooks[from_hook](call, [&] { return sent(call, send, from_hook + 1); });
        return send();
    }

    const pid_t process = ::getpid();
    const application_options how;
    const workers pool;
    const std::shared_ptr<const std::filesystem::path> in_memory;  ///< the folder of its read models
    const std::filesystem::path base;                              ///< the store's name, as far as read models go
    const std::shared_ptr<sqlite_log> log;
    dispatcher commands;
    const std::shared_ptr<announcer> signals;
    std::vector<around_hook> hooks;
    std::vector<followed> parts;
    std::shared_ptr<head_watch> watch;
    std::atomic<bool> started{false};

    mutable detail::mutex mutex;
    std::vector<std::shared_ptr<follower_lane>> lanes ACTA_GUARDED_BY(mutex);  ///< in the order of parts; empty: not running
    detail::mutex stopping;
    bool stopped ACTA_GUARDED_BY(stopping) = false;
};

}  // namespace detail

application::application(const std::filesystem::path& store, const application_options& how)
    : state_(std::make_unique<detail::running_application>(store, how)) {}

/// In a forked child there is no thread of it, and what they held at that moment is held for ever: nothing is touched, and so leaked.
application::~application() {
    if (state_->process != ::getpid()) static_cast<void>(state_.release());
    else static_cast<void>(stop());
}

dispatcher& application::commands() noexcept { return state_->commands; }
log& application::log() noexcept { return *state_->log; }

void application::require_new() const {
    if (state_->started) throw failure(errc::misuse, "the application has started: say what it is made of before start()");
}

void application::add(std::string_view name, runner::group projections) {
    require_new();
    state_->add({std::string(name), {}, std::move(projections), nullptr, react_from::now});
}

void application::add_reaction(const acta_projection& described, std::shared_ptr<void> target, react_from where) {
    require_new();
    state_->add({{}, {}, {&described}, std::move(target), where});
}

application& application::load_plugin(const std::filesystem::path& library) {
    require_new();
    const plugin loaded(library);
    for (const acta_projection* const each : loaded.projections()) state_->add({{}, {}, {each}, nullptr, react_from::now});
    return *this;
}

application& application::around(around_hook hook) {
    require_new();
    state_->hooks.push_back(std::move(hook));
    return *this;
}

application& application::start() {
    require_new();
    state_->start();
    return *this;
}

std::vector<std::string> application::stop(std::chrono::milliseconds patience) {
    state_->check_process();
    return state_->stop(patience);
}

outcome application::sent(command_call& call, const std::function<outcome()>& send) {
    state_->check_process();
    outcome done = state_->sent(call, send);
    if (done && state_->started) state_->watch->seen(done.position());
    return done;
}

bool application::hooked() const noexcept { return !state_->hooks.empty(); }

void application::appended() {
    if (state_->started) state_->watch->seen(state_->log->head());
}

const std::filesystem::path& application::file_of(const acta_projection& projection) const {
    return state_->parts[state_->place_of(projection)].file;
}

waited application::wait(const acta_projection& projection, acta::position where, std::optional<std::chrono::milliseconds> patience,
                         std::string_view stream, acta::version of) const {
    return state_->wait(projection, where, patience, stream, of);
}

void application::require(const waited& ended) {
    if (!ended) throw failure(ended.ended == waited::how::timed_out ? errc::busy : errc::projection_failed, ended.why);
}

std::uint64_t application::retry(const dead_letter& letter) {
    const std::size_t place = state_->place_of(letter.projection);
    const auto all = state_->running();
    if (all.empty()) throw failure(errc::misuse, "the application does not run: retry letters between start() and stop()");
    return all[place]->retry(letter);
}

void application::discard(const dead_letter& letter) {
    discard_dead_letter(state_->parts[state_->place_of(letter.projection)].file, letter, *state_->how.projections.run.clock);
}

scoped_connection application::on_appended(std::function<void(acta::position)> slot) {
    return state_->signals->appended.connect([call = std::move(slot)](const acta::position& head) { call(head); });
}
scoped_connection application::on_progress(std::function<void(const projection_progress&)> slot) {
    return state_->signals->progress.connect(std::move(slot));
}
scoped_connection application::on_failed(std::function<void(const failure_report&)> slot) {
    return state_->signals->failed.connect(std::move(slot));
}
scoped_connection application::on_dead_letter(std::function<void(const dead_letter&)> slot) {
    return state_->signals->parked.connect(std::move(slot));
}
scoped_connection application::on_rebuild(std::function<void(const rebuild_report&)> slot) {
    return state_->signals->rebuild.connect(std::move(slot));
}

application_status application::status() const { return state_->status(); }

}  // namespace acta
