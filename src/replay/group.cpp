// The live projection objects of one read model, fed together.
#include "replay/group.hpp"

#include <acta/read/delivery.hpp>

#include <set>

namespace acta::detail {

const runner::group& checked(const runner::group& projections) {
    if (projections.empty()) throw failure(errc::misuse, "a read model without a projection: name at least one");
    std::set<std::string_view> names;
    for (const acta_projection* const each : projections) {
        if (!each) throw failure(errc::misuse, "a group of projections has an empty place");
        check_projection(*each, "the projection");
        if (!names.insert(projections::view(each->name)).second)
            throw failure(errc::misuse,
                          "a group has two projections named '" + std::string(projections::view(each->name)) + "': give one another name");
    }
    return projections;
}

live_group::live_group(const log& from, const runner::group& described, model& of, definition how) {
    const auto letters = of.letters();
    members_.reserve(described.size());  // their addresses are given away
    std::vector<listener> listeners;
    for (const acta_projection* const each : described) {
        member& made = members_.emplace_back(member{this, each, std::make_unique<projection_object>(*each, of.on(), of.rules(), how), {}});
        for (const dead_letter& letter : letters)
            if (letter.projection == projections::view(each->name)) made.parked.add(letter);
        listeners.push_back({each, {&made, &live_group::learn, &live_group::apply}, &made.parked});
    }
    feed_ = std::make_unique<event_feed>(from, std::move(listeners));
}

void live_group::learn(void* self, const acta_stored_type& type) { static_cast<member*>(self)->object->learn(type); }

void live_group::apply(void* self, const acta_event& event) {
    auto& to = *static_cast<member*>(self);
    to.object->apply(event);
    if (to.all->careful_) to.object->flush();
}

std::vector<model::member> live_group::members() const {
    std::vector<model::member> out;
    for (const member& each : members_)
        out.push_back({std::string(projections::view(each.described->name)), each.described->revision, each.object->tables()});
    return out;
}

void live_group::flush() {
    for (const member& each : members_) {
        try {
            each.object->flush();
        } catch (const failure& why) {
            if (!of_the_projection(why.code())) throw;
            throw flush_failure(why.code(), "the projection '" + std::string(projections::view(each.described->name)) +
                                                "' failed to write its rows: " + why.what());
        }
    }
}

}  // namespace acta::detail
