// The metadata of a command's events: what is given stays, what is missing comes from the command's id.
#include <acta/write/send_options.hpp>

namespace acta::detail {

metadata_stamp::metadata_stamp(const send_options& options) : own_(options.metadata) {
    command_id correlation = options.correlation;
    if (correlation.empty() && options.cause)
        if (const auto inherited = options.cause->correlation()) correlation = command_id(*inherited);

    if (!options.actor.empty()) given_.with_actor(options.actor);
    if (!correlation.empty()) given_.with_correlation(correlation);
    if (!options.causation.empty()) given_.with_causation(options.causation);
    if (!options.traceparent.empty()) given_.with_traceparent(options.traceparent);
    if (options.occurred_at) given_.with_occurred_at(*options.occurred_at);
    correlated_ = !correlation.empty() || own_.correlation().has_value();
    caused_ = !options.causation.empty() || own_.causation().has_value();
}

metadata metadata_stamp::for_command(const command_id& id) const {
    metadata made = given_;
    if (!correlated_) made.with_correlation(id);
    if (!caused_) made.with_causation(id);
    if (!own_.empty()) made.with(own_);
    return made;
}

}  // namespace acta::detail
