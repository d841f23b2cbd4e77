// What a log is asked and what it answers, as text: two logs that tell the same are the same to whoever uses them.
#pragma once

#include <acta/store/log.hpp>

#include <string>

namespace tests {

std::string tell(const acta::append_request& request);
std::string tell(const acta::read_options& what);
std::string tell(const acta::append_result& answer);
std::string tell(const std::optional<acta::stream_info>& one);
std::string tell(const std::optional<acta::answered>& one);
std::string tell(const std::optional<acta::snapshot>& one);

/// A line for each event, with every byte of it.
std::string tell_events(const acta::log& from, const acta::read_options& what = {});
std::string tell_events(const acta::log& from, const acta::stream_name& stream, const acta::read_options& what);

/// What a call answers, or the code of the failure that it throws.
template <class Call>
std::string told_by(Call&& call) {
    try {
        return call();
    } catch (const acta::failure& why) { return std::string("throws ") + acta::to_string(why.code()) + "\n"; }
}

}  // namespace tests
