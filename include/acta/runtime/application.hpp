// acta::application: one store with its command handlers, projections and reactions, running.
#pragma once

#if !defined(ACTA_ROOM_RUNTIME)
#error "acta/runtime/... is where both sides meet: link acta::runtime (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>
#include <acta/replay/follower.hpp>
#include <acta/replay/reaction.hpp>
#include <acta/replay/status.hpp>
#include <acta/runtime/signals.hpp>
#include <acta/runtime/workers.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace acta {

struct application_options {
    // ---- behaviour
    acta::options store{};
    dispatcher_options commands{};
    follower_options projections{};             ///< its functions are called besides the signals
    std::chrono::milliseconds patience{5'000};  ///< of read() and wait_for() with an outcome or a position

    // ---- speed
    std::optional<workers> pool{};  ///< shared with other applications; nothing: a pool of its own
};

/// A command on its way to its handler, as a hook sees it.
struct command_call {
    std::string_view name{};  ///< stored name of the command
    send_options options{};   ///< as they will be sent; a hook may complete them

    /// The command, if it is a C.
    template <command C>
    const C* as() const noexcept {
        return *type == typeid(C) ? static_cast<const C*>(held) : nullptr;
    }
    const std::type_info* type = nullptr;
    const void* held = nullptr;
};
/// Called in place of every send: to go on, `return go_on();`. To refuse, `return outcome::when_refused({}, 0, 0, not_allowed);`.
using around_hook = std::function<outcome(command_call& call, const std::function<outcome()>& go_on)>;

/// A checkpoint that moved. Of several in a row only the last need be told.
struct projection_progress {
    std::string name{};
    acta::checkpoint reached{};
};
/// What went wrong: a sentence, and whose fault it was: a projection's or reaction's name, or the signal that a slot threw in.
struct failure_report {
    std::string name{};
    std::string why{};
};
struct rebuild_report {
    std::string name{};
    rebuild_progress reached{};
};

/// A projection, group or reaction of an application.
struct lane_status {
    std::string name{};
    bool is_reaction = false;
    follower_status now{};
    read_model_status model{};
    std::optional<std::chrono::milliseconds> working_for{};  ///< so long it has been in one piece of work
};
struct application_status {
    acta::position head = 0;
    std::vector<lane_status> lanes{};
    std::optional<std::string> last_slot_failure{};  ///< what a slot of on_failed threw, which is reported nowhere else
};

namespace detail {

/// Everything of an application that does not depend on the types of its parts.
class running_application;

}  // namespace detail

/// A store, open, with all that decides over it and follows it.
/// Guarantees: a projection, reaction, plugin or slot that throws, hangs or fills its disk disturbs no append, no other of them and nobody's
/// wait. Each projection keeps its read model in `<store>.models/<name>.db`, each reaction its checkpoint; for a store ":memory:" they
/// live in a temporary folder for as long as the application does.
/// Thread rule: handle, project, react, load_plugin and around before start(), from one thread; then everything else from any thread. Slots
/// and projections are called on the pool's threads, and must not call stop() or destroy the application.
class application {
public:
    /// Opens or makes the store. Throws as sqlite_log does.
    explicit application(const std::filesystem::path& store, const application_options& how = {});
    application(const application&) = delete;
    application& operator=(const application&) = delete;
    /// Stops, as stop() does.
    ~application();

    // ---- what it is made of; each throws failure(misuse) for what is there already, and once it has started

    /// `app.handle<account_commands>()`, or `app.handle(account_commands{limits})`.
    template <class H>
    application& handle(H handlers = H{}) {
        require_new();
        commands().template handle<H>(std::move(handlers));
        return *this;
    }
    /// `app.project<balances>()`; several that share one read model have a name for it: `app.project<balances, owners>("accounts")`.
    template <class... P>
    application& project(std::string_view name = {}) {
        static_assert(sizeof...(P) > 0, "say which: app.project<balances>()");
        add(name, {&abi_of<P>()...});
        return *this;
    }
    /// `app.react<notices>()`, or `app.react(notices{folder}, react_from::beginning)`. Where it begins counts once: when it never ran.
    template <class R>
    application& react(R target = R{}, react_from where = react_from::now) {
        add_reaction(reaction_abi_of<R>(), std::make_shared<R>(std::move(target)), where);
        return *this;
    }
    /// Every projection of a plugin. Throws as acta::plugin does.
    application& load_plugin(const std::filesystem::path& library);
    /// The one place for authorisation, logging and tracing. The first hook is the outermost.
    application& around(around_hook hook);

    // ---- running

    /// Begins to follow: from now on projections are kept up to date, and reactions fire.
    application& start();
    /// Ends that, as soon as the pieces of work under way are done. Answers the names of those that were not by then: they are left behind,
    /// keep the store open and are not waited for any more. Commands may be sent on.
    std::vector<std::string> stop(std::chrono::milliseconds patience = std::chrono::seconds(5));

    // ---- commands

    /// As dispatcher::send, through the hooks.
    template <command C>
    outcome send(const C& command, const send_options& options = {}) {
        command_call call{C::command.name, options, &typeid(C), &command};
        return sent(call, [&] { return commands().send(command, call.options); });
    }
    /// As dispatcher::send_all; with hooks the commands are sent one by one.
    template <std::ranges::input_range R, class F>
    void send_all(R&& commands_in_order, F on_outcome, const send_all_options& options = {}) {
        if (!hooked()) {
            commands().send_all(std::forward<R>(commands_in_order), std::move(on_outcome), options);
            return appended();
        }
        for (const auto& each : commands_in_order) {
            const outcome done = send_any(each, options.each);
            if constexpr (std::invocable<F&, decltype(each), const outcome&>) on_outcome(each, done);
            else on_outcome(done);
        }
    }
    template <std::ranges::input_range R>
    std::vector<outcome> send_all(R&& commands_in_order, const send_all_options& options = {}) {
        std::vector<outcome> all;
        send_all(
            std::forward<R>(commands_in_order), [&](const outcome& one) { all.push_back(one); }, options);
        return all;
    }
    /// Reads an aggregate without a command; see acta::load.
    template <aggregate A>
    std::optional<loaded<A>> load(std::string_view id, version at = std::numeric_limits<version>::max()) {
        return commands().template load<A>(id, at);
    }

    // ---- read models

    /// The committed rows of P, in one read transaction. Throws failure(not_found) before P has run for the first time.
    template <class P>
    reading<P> read() const {
        return reading<P>(file_of(abi_of<P>()));
    }
    /// The same, once what a command led to is in them: `app.read<balances>(app.send(...))`. Throws failure(busy) when that takes longer than
    /// the options' patience, failure(projection_failed) when a dead letter keeps it out or P is stopped.
    template <class P>
    reading<P> read(const outcome& done) const {
        require(wait_for<P>(done));
        return read<P>();
    }
    /// The same for all events up to a position.
    template <class P>
    reading<P> read(acta::position where) const {
        require(wait_for<P>(where));
        return read<P>();
    }
    /// Waits until P, a projection or a reaction, is done with what a command led to; answers how that ended.
    template <class P>
    waited wait_for(const outcome& done, std::optional<std::chrono::milliseconds> patience = {}) const {
        return wait(table_of<P>(), done.position(), patience, done.stream().text(), done.version());
    }
    template <class P>
    waited wait_for(acta::position where, std::optional<std::chrono::milliseconds> patience = {}) const {
        return wait(table_of<P>(), where, patience, {}, 0);
    }

    // ---- dead letters: acta::dead_letters(file) lists them, on_dead_letter tells

    /// As retry_dead_letter, for a projection or reaction of this application, while it runs. A reaction is waited for.
    std::uint64_t retry(const dead_letter& letter);
    /// As discard_dead_letter.
    void discard(const dead_letter& letter);

    // ---- looking on; slots are called on a thread of the pool, one after the other, and what they throw is reported

    /// The head moved. Of several moves in a row only the last need be told.
    scoped_connection on_appended(std::function<void(acta::position)> slot);
    scoped_connection on_progress(std::function<void(const projection_progress&)> slot);
    /// A projection or reaction failed (it is tried again), works on one piece for very long, or a slot threw.
    scoped_connection on_failed(std::function<void(const failure_report&)> slot);
    scoped_connection on_dead_letter(std::function<void(const dead_letter&)> slot);
    scoped_connection on_rebuild(std::function<void(const rebuild_report&)> slot);

    application_status status() const;
    /// The log itself: for reading, and for appends without a command.
    acta::log& log() noexcept;

private:
    template <command C>
    outcome send_any(const C& command, const send_options& options) {
        return send(command, options);
    }
    template <class... C>
    outcome send_any(const std::variant<C...>& command, const send_options& options) {
        return std::visit([&](const auto& one) { return send(one, options); }, command);
    }
    template <class T>
    outcome send_any(const identified<T>& one, send_options options) {
        options.id = one.id;
        return send_any(one.command, options);
    }

    template <class P>
    static const acta_projection& table_of() {
        if constexpr (reaction<P>) return reaction_abi_of<P>();
        else return abi_of<P>();
    }

    dispatcher& commands() noexcept;
    void require_new() const;
    void add(std::string_view name, runner::group projections);
    void add_reaction(const acta_projection& described, std::shared_ptr<void> target, react_from where);
    outcome sent(command_call& call, const std::function<outcome()>& send);
    bool hooked() const noexcept;
    void appended();
    const std::filesystem::path& file_of(const acta_projection& projection) const;
    waited wait(const acta_projection& projection, acta::position where, std::optional<std::chrono::milliseconds> patience,
                std::string_view stream, acta::version of) const;
    static void require(const waited& ended);

    std::unique_ptr<detail::running_application> state_;
};

}  // namespace acta
