// Finding handlers, and the sentences for commands that have none or two.
#include <acta/write/dispatcher.hpp>

namespace acta {

dispatcher::dispatcher(log& to, const dispatcher_options& how) : log_(to), options_(how), batch_(to, *how.clock, how.retries) {}

detail::any_handler& dispatcher::find(std::string_view command, std::type_index type) const {
    const auto found = handlers_.find(command);
    if (found == handlers_.end())
        throw failure(errc::misuse,
                      "no handler set lists the command " + std::string(command) +
                          " in its `commands`: list it there, and give the set to handle<...>() before the first command is sent");
    if (found->second->command() != type)
        throw failure(errc::misuse, "two command types are named " + std::string(command) +
                                        ", and the one that was sent is not the one that is handled: give each a name of its own");
    return *found->second;
}

void dispatcher::refuse_second(std::string_view command) const {
    if (handlers_.contains(command))
        throw failure(errc::misuse,
                      "the command " + std::string(command) + " has a handler already: one handler set for each command, given once");
}

void dispatcher::refuse_second_state(std::string_view category) const {
    for (const auto& [type, states] : states_)
        if (states && states->category() == category)
            throw failure(errc::misuse, "two aggregates have the category " + std::string(category) +
                                            ": one state for each, or give one another category");
}

void dispatcher::begin_batch(const send_all_options& options) {
    if (options.chunk == 0) throw failure(errc::misuse, "send_all with a chunk of no commands: give at least 1");
    if (!options.each.id.empty() || options.each.expected)
        throw failure(errc::misuse,
                      "send_all with an id or an expected version for each command: those belong to one command, so use send");
    batch_.stamp(options.each);
}

}  // namespace acta
