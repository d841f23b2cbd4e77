// Whose reaction is under way, the key of an event, and the first checkpoint.
#include <acta/event/layout.hpp>
#include <acta/store/log.hpp>
#include <acta/replay/reaction.hpp>

#include "replay/model.hpp"

#include <cstring>

namespace acta::detail {

namespace {

thread_local reaction_state* under_way = nullptr;

}  // namespace

reacting_scope::reacting_scope(reaction_state& of) noexcept : before_(std::exchange(under_way, &of)) {}
reacting_scope::~reacting_scope() { under_way = before_; }

reaction_state& reacting_scope::current() {
    if (!under_way) throw failure(errc::misuse, "a reaction is run by its application alone: it cannot be rebuilt or replayed");
    return *under_way;
}

/// The time tells an event from the one that a restored copy of the store has at the same place.
std::string idempotency_text(const stream_name& stream, acta::version version, acta::position position, timestamp recorded_at) {
    const std::string place = stream.text() + '\n' + std::to_string(version) + '\n' + std::to_string(position) + '\n' +
                              std::to_string(recorded_at.time_since_epoch().count());
    const std::uint64_t halves[] = {fingerprint_of("1\n" + place), fingerprint_of("2\n" + place)};
    command_id::uuid bytes{};
    std::memcpy(bytes.data(), halves, sizeof halves);
    bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x80};  // RFC 9562: version 8
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    return uuid_text(bytes);
}

namespace {

/// Or nobody can begin it, because the file is not what it should be: of that the runner tells.
bool has_begun(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return false;
    try {
        return inspect_read_model(file).checkpoint.has_value();
    } catch (const failure& why) {
        if (why.code() == errc::not_found) return false;
        if (why.code() == errc::damaged || why.code() == errc::not_a_store || why.code() == errc::newer_format) return true;
        throw;
    }
}

void put_first_checkpoint(model& into, const log& of, const acta_projection& described, acta::position after, timestamp now) {
    transaction turn(into);
    if (!into.members().empty() || into.stored_checkpoint()) return;
    into.put({std::string(projections::view(described.name)), described.revision, {}});
    checkpoint first;
    first.store = of.uuid();
    first.position = after;
    first.entry_checksum = after > 0 ? of.checksum_at(after).value_or(0) : 0;
    first.updated_at = now;
    into.put(first);
    turn.commit();
}

}  // namespace

void begin_reaction(const log& of, const std::filesystem::path& file, const acta_projection& described, react_from where,
                    const clock& now) {
    if (has_begun(file)) return;
    const acta::position head = of.head();
    const acta::position after = where.after < 0 ? head : where.after;
    if (after > head)
        throw failure(errc::misuse, "the reaction '" + std::string(projections::view(described.name)) + "' shall begin behind position " +
                                        std::to_string(after) + ", and " + of.name() + " ends at " + std::to_string(head));
    model held(file, access::run, now.now());
    try {
        put_first_checkpoint(held, of, described, after, now.now());
    } catch (...) {
        if (held.made()) held.discard();
        throw;
    }
}

}  // namespace acta::detail
