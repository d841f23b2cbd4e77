// The attempts of one command: what is the same in all of them, and how each ends.
#include <acta/write/sending.hpp>

namespace acta::detail {

single_send::single_send(log& to, const dispatcher_options& how, stream_name stream, const send_options& options)
    : log_(to), options_(options), retries_left_(how.retries) {
    command_id id = options.id.empty() ? command_id::make() : options.id;
    request_.metadata = metadata_stamp(options).for_command(id);
    context_ = context({how.clock->now(), std::move(id), options.actor, stream, 0, {}});
    request_.writes.resize(1);
    request_.writes.front().stream = std::move(stream);
}

const context& single_send::context_at(version at) {
    context_.decide_at(at);
    return context_;
}

std::optional<outcome> single_send::unexpected(version at) const {
    if (!options_.expected || options_.expected->holds(at)) return std::nullopt;
    return outcome::when_conflict({stream(), *options_.expected, at});
}

std::vector<new_event>& single_send::events() {
    request_.writes.front().events.clear();
    return request_.writes.front().events;
}

std::optional<outcome> single_send::append(version at) {
    request_.writes.front().expected = exactly(at);
    try {
        const append_result result = log_.append(request_);
        if (result) return outcome::when_accepted(stream(), result->version(), result->last_position);
        const append_error& why = result.error();
        if (why.code != errc::conflict) throw failure(why.code, why.text);
        if (options_.expected) return outcome::when_conflict({stream(), *options_.expected, why.conflict.actual});
        if (retries_left_-- == 0) return outcome::when_conflict(why.conflict);
    } catch (const failure& why) {
        if (why.code() != errc::unknown_outcome) throw;
        return outcome::when_unknown(stream(), why.what());
    }
    return std::nullopt;
}

}  // namespace acta::detail
