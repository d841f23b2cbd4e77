// The table of commands that were answered: said once, stored once.
#include "answers.hpp"

#include "checksum.hpp"
#include "event/text.hpp"

namespace acta::detail {

namespace {

constexpr std::int64_t kind_stored = 1, kind_nothing_stored = 2;

statement& bind_id(statement& to, const command_id& id) {
    if (const auto* const uuid = id.as_uuid()) return to.bind(1, byte_span(*uuid));
    return to.bind(1, std::string_view(*id.as_text()));
}

std::int64_t checksum_of(const command_id& id, std::int64_t recorded_at, std::string_view name, std::int64_t kind, byte_span answer) {
    row_checksum sum;
    if (const auto* const uuid = id.as_uuid()) sum.add(byte_span(*uuid));
    else sum.add(std::string_view(*id.as_text()));
    return sum.add(recorded_at).add(name).add(kind).add(answer).value();
}

}  // namespace

answer_table::answer_table(const connection& on)
    : on_(on),
      find_(on, "SELECT recorded_at, name, kind, answer, checksum FROM command WHERE id = ?"),
      insert_(on, "INSERT INTO command (id, recorded_at, name, kind, answer, checksum) VALUES (?, ?, ?, ?, ?, ?)"),
      forget_(on, "DELETE FROM command WHERE id IN (SELECT id FROM command WHERE recorded_at < ? ORDER BY recorded_at LIMIT 16)") {}

std::optional<answered> answer_table::find(const command_id& id) {
    const reset_at_exit reset(find_);
    if (!bind_id(find_, id).step()) return std::nullopt;
    answered found{std::string(find_.text(1)), timestamp(std::chrono::microseconds(find_.number(0))), {}};
    try {
        if (find_.number(4) != checksum_of(id, find_.number(0), find_.text(1), find_.number(2), find_.blob(3)))
            byte_reader::broken("its checksum does not match");
        byte_reader in(find_.blob(3));
        found.what.first_position = static_cast<position>(in.varint());
        found.what.last_position = static_cast<position>(in.varint());
        found.what.versions.resize(in.count());
        for (acta::version& one : found.what.versions) one = static_cast<acta::version>(in.varint());
        const byte_span kept = in.rest();
        found.what.answer.assign(kept.begin(), kept.end());
        found.what.already_done = true;
    } catch (const failure& why) {
        throw failure(errc::damaged, on_.shown() + ": the answer to the command " + in_quotes(id.text()) + " is not what was written: " +
                                         why.what() + ". Restore the store from a copy, then look at the disk");
    }
    return found;
}

void answer_table::insert(const command_id& id, const answered& what) {
    std::vector<std::byte> bytes;
    byte_writer out(bytes);
    out.varint(static_cast<std::uint64_t>(what.what.first_position));
    out.varint(static_cast<std::uint64_t>(what.what.last_position));
    out.varint(what.what.versions.size());
    for (const acta::version one : what.what.versions) out.varint(static_cast<std::uint64_t>(one));
    out.raw(what.what.answer);
    const std::int64_t kind = what.what.last_position > 0 ? kind_stored : kind_nothing_stored;
    const std::int64_t recorded_at = what.recorded_at.time_since_epoch().count();
    bind_id(insert_, id)
        .bind(2, recorded_at)
        .bind(3, what.command)
        .bind(4, kind)
        .bind(5, bytes)
        .bind(6, checksum_of(id, recorded_at, what.command, kind, bytes))
        .finish();
}

void answer_table::forget_some(std::int64_t before) { forget_.bind(1, before).finish(); }

}  // namespace acta::detail
