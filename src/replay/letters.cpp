// Dead letters as a read model keeps them, and what is done with them later.
#include <acta/event/clock.hpp>
#include <acta/store/log.hpp>
#include <acta/read/delivery.hpp>
#include <acta/replay/dead_letters.hpp>

#include "event/text.hpp"
#include "replay/group.hpp"
#include "replay/model.hpp"
#include "replay/origin.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace acta {

namespace detail {

std::vector<dead_letter> letters_in(const connection& on, const std::string& schema) {
    std::vector<dead_letter> out;
    statement query(on, "SELECT projection, stream, first_version, position, type, revision, error, attempts, whole_stream, parked_at "
                        "FROM " +
                            schema + ".acta_dead_letter ORDER BY projection, stream, first_version");
    while (query.step())
        out.push_back({.projection = std::string(query.text(0)),
                       .stream = std::string(query.text(1)),
                       .version = query.number(2),
                       .position = query.number(3),
                       .type = std::string(query.text(4)),
                       .revision = static_cast<std::uint32_t>(query.number(5)),
                       .error = std::string(query.text(6)),
                       .attempts = static_cast<std::uint32_t>(query.number(7)),
                       .whole_stream = query.number(8) != 0,
                       .parked_at = timestamp(std::chrono::microseconds(query.number(9)))});
    return out;
}

std::vector<dead_letter> model::letters() const { return letters_in(on_, "main"); }

void model::put(const dead_letter& letter) {
    statement(on_, "INSERT OR REPLACE INTO acta_dead_letter (projection, stream, first_version, position, type, revision, error, attempts, "
                   "whole_stream, parked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(1, letter.projection)
        .bind(2, letter.stream)
        .bind(3, letter.version)
        .bind(4, letter.position)
        .bind(5, letter.type)
        .bind(6, std::int64_t{letter.revision})
        .bind(7, letter.error)
        .bind(8, std::int64_t{letter.attempts})
        .bind(9, std::int64_t{letter.whole_stream ? 1 : 0})
        .bind(10, static_cast<std::int64_t>(letter.parked_at.time_since_epoch().count()))
        .finish();
}

bool model::erase(const dead_letter& letter) {
    statement(on_, "DELETE FROM acta_dead_letter WHERE projection = ? AND stream = ? AND first_version = ?")
        .bind(1, letter.projection)
        .bind(2, letter.stream)
        .bind(3, letter.version)
        .finish();
    return sqlite3_changes(on_.handle()) > 0;
}

namespace {

/// The letter as it is stored now, if it is.
std::optional<dead_letter> find_letter(const model& in, const dead_letter& wanted) {
    for (dead_letter& each : in.letters())
        if (each.projection == wanted.projection && each.stream == wanted.stream && each.version == wanted.version) return std::move(each);
    return std::nullopt;
}

dead_letter stored_letter(const model& in, const dead_letter& wanted) {
    if (auto found = find_letter(in, wanted)) return *std::move(found);
    throw failure(errc::not_found, in.shown() + " has no dead letter of the projection '" + wanted.projection + "' for the stream " +
                                       in_quotes(wanted.stream) + " at version " + std::to_string(wanted.version) +
                                       ": it was retried or discarded meanwhile, or never there");
}

/// The newest event of the letter's stream that the checkpoint has passed.
acta::version last_kept_out(const log& from, const dead_letter& letter, acta::position checkpoint) {
    acta::version last = letter.version;
    if (!letter.whole_stream) return last;
    for (const stored_event& event : from.read(stream_name(letter.stream), {.after = letter.version}))
        if (event.position <= checkpoint) last = event.version;
        else break;
    return last;
}

/// Whoever goes on with this read model notices that rows or letters are not as he remembers.
void raise_generation(model& in, checkpoint at, timestamp now) {
    ++at.generation;
    at.updated_at = now;
    in.put(at);
}

checkpoint checked_checkpoint(const log& from, model& in, const acta_projection& projection) {
    const auto stored = in.members();
    const auto found = in.stored_checkpoint();
    if (stored.empty() || !found) throw failure(errc::other_read_model, in.shown() + " is empty: no projection was replayed into it yet");
    check_member(in.shown(), stored, projection);
    if (const auto problem = foreign_history(in.shown(), *found, from)) throw failure(errc::other_read_model, *problem);
    return *found;
}

/// Inside a transaction: applies what the letter kept out.
std::uint64_t apply_kept_out(const log& from, model& in, const acta_projection& projection, const dead_letter& letter,
                             const checkpoint& at) {
    in.erase(letter);
    live_group objects(from, {&projection}, in, definition::make);
    const auto stored = in.members();
    for (const model::member& each : objects.members())
        if (std::none_of(stored.begin(), stored.end(), [&](const auto& s) { return s.name == each.name && s.tables == each.tables; }))
            throw failure(errc::outdated_read_model,
                          in.shown() + " holds other tables than the projection '" + each.name + "' makes now: rebuild it");
    objects.careful(true);
    const stream_name stream(letter.stream);
    const acta::version last = last_kept_out(from, letter, at.position);
    for (acta::version reached = letter.version - 1; reached < last;) reached = objects.feed().deliver_page(stream, reached, last);
    objects.flush();
    return objects.feed().delivered();
}

}  // namespace

}  // namespace detail

std::vector<dead_letter> dead_letters(const std::filesystem::path& file) {
    detail::model of(file, detail::access::read, {});
    of.begin();
    return of.letters();
}

std::uint64_t retry_dead_letter(const log& from, const std::filesystem::path& file, const acta_projection& projection,
                                const dead_letter& letter, const clock& now) {
    using namespace detail;
    check_projection(projection, "the projection");
    if (letter.projection != projections::view(projection.name))
        throw failure(errc::misuse, "a dead letter of the projection '" + letter.projection + "' cannot be retried by '" +
                                        std::string(projections::view(projection.name)) + "'");
    model in(file, access::mend, now.now());
    try {
        transaction turn(in);
        const dead_letter stored = stored_letter(in, letter);
        const checkpoint at = checked_checkpoint(from, in, projection);
        const std::uint64_t applied = apply_kept_out(from, in, projection, stored, at);
        raise_generation(in, at, now.now());
        turn.commit();
        return applied;
    } catch (const event_failure& why) {
        if (why.code() != errc::projection_failed) throw;
        transaction turn(in);
        if (auto stored = find_letter(in, letter)) {  // else somebody retried or discarded it since the roll-back
            ++stored->attempts;
            stored->error = why.at.version == stored->version
                                ? why.at.words
                                : "at version " + std::to_string(why.at.version) + " of the stream: " + why.at.words;
            in.put(*stored);
            turn.commit();
        }
        throw failure(why.code(), why.what());
    }
}

void discard_dead_letter(const std::filesystem::path& file, const dead_letter& letter, const clock& now) {
    detail::model in(file, detail::access::mend, now.now());
    detail::transaction turn(in);
    const dead_letter stored = detail::stored_letter(in, letter);
    in.erase(stored);
    if (const auto at = in.stored_checkpoint()) detail::raise_generation(in, *at, now.now());
    turn.commit();
}

}  // namespace acta
