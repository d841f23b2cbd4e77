// Is a read model what a runner takes it for: its projections, and the history that it was built from?
#include "replay/origin.hpp"

#include <acta/store/log.hpp>
#include <acta/read/delivery.hpp>

#include "event/text.hpp"

#include <algorithm>

namespace acta::detail {

namespace {

std::string listed(const std::vector<model::member>& members) {
    std::string out;
    for (const model::member& each : members) out += (out.empty() ? "'" : ", '") + printable(each.name) + "'";
    return out;
}

}  // namespace

void check_member(const std::string& file, const std::vector<model::member>& stored, const acta_projection& described) {
    const std::string name(projections::view(described.name));
    const auto same = std::find_if(stored.begin(), stored.end(), [&](const model::member& each) { return each.name == name; });
    if (same == stored.end())
        throw failure(errc::other_read_model,
                      file + " is the read model of the projection " + listed(stored) + ", not of '" + name + "': name another file");
    if (same->revision == described.revision) return;
    const bool older = same->revision < described.revision;
    throw failure(older ? errc::outdated_read_model : errc::other_read_model,
                  file + " was built by revision " + std::to_string(same->revision) + " of the projection '" + name +
                      "', this program has revision " + std::to_string(described.revision) +
                      (older ? ": rebuild it, or replay into a new file" : ": upgrade this program"));
}

void check_members(const std::string& file, const std::vector<model::member>& stored, const runner::group& described) {
    const auto is_stored = [&](const acta_projection* wanted) {
        return std::any_of(stored.begin(), stored.end(), [&](const auto& each) { return each.name == projections::view(wanted->name); });
    };
    const bool none_known = std::none_of(described.begin(), described.end(), is_stored);
    for (const acta_projection* const each : described) {
        if (!is_stored(each) && !none_known)
            throw failure(errc::outdated_read_model, file + " was built by " + listed(stored) + " before the projection '" +
                                                         std::string(projections::view(each->name)) + "' joined them: rebuild it");
        check_member(file, stored, *each);
    }
    if (stored.size() > described.size())
        throw failure(errc::other_read_model, file + " is shared by " + std::to_string(stored.size()) + " projections (" + listed(stored) +
                                                  "), of which this runner has " + std::to_string(described.size()) +
                                                  ": run them together, or name another file");
}

std::optional<std::string> foreign_history(const std::string& file, const checkpoint& found, const log& from) {
    if (found.store != from.uuid())
        return file + " was built from another store than " + from.name() + " (" + uuid_text(found.store) + ", not " +
               uuid_text(from.uuid()) + "): replay into a new file";
    if (found.position == 0 && found.entry_checksum == 0) return std::nullopt;
    const std::string history = file + " was built from another history than the one in " + from.name() + ": ";
    const std::string advice = " (was the store restored from a copy?): rebuild it, or replay into a new file";
    if (found.position > from.head())
        return history + "it has applied events up to position " + std::to_string(found.position) + ", and the store ends at " +
               std::to_string(from.head()) + advice;
    if (from.checksum_at(found.position) != found.entry_checksum)
        return history + "the entry at position " + std::to_string(found.position) + " is another one" + advice;
    return std::nullopt;
}

checkpoint checkpoint_at(const log& from, acta::position where, std::int64_t generation, timestamp now) {
    return {from.uuid(), where, from.checksum_at(where).value_or(0), generation, now};
}

}  // namespace acta::detail
