// Notes in, slots called, what they throw reported.
#include "runtime/announcer.hpp"

#include "runtime/signal.hpp"

#include <algorithm>

namespace acta::detail {

template class signal<acta::position>;
template class signal<projection_progress>;
template class signal<failure_report>;
template class signal<dead_letter>;
template class signal<rebuild_report>;

void announcer::note(acta::position head) {
    if (appended.empty()) return;
    {
        const guard turn(mutex_);
        if (head <= told_) return;
        notes_.head = std::max(head, notes_.head.value_or(0));  // two who append may note in either order
    }
    pool_.ring(*this);
}

void announcer::note(projection_progress about) {
    if (progress.empty()) return;
    {
        const guard turn(mutex_);
        std::string name = about.name;
        notes_.progress.insert_or_assign(std::move(name), std::move(about));
    }
    pool_.ring(*this);
}

void announcer::note(rebuild_report about) {
    if (rebuild.empty()) return;
    {
        const guard turn(mutex_);
        std::string name = about.name;
        notes_.rebuilds.insert_or_assign(std::move(name), std::move(about));
    }
    pool_.ring(*this);
}

void announcer::note(failure_report about) { keep(std::move(about)); }
void announcer::note(dead_letter about) { keep(std::move(about)); }

void announcer::keep(std::variant<failure_report, dead_letter> about) {
    {
        const guard turn(mutex_);
        if (notes_.rest.size() == most_kept) notes_.rest.pop_front();
        notes_.rest.push_back(std::move(about));
    }
    pool_.ring(*this);
}

std::optional<std::string> announcer::last_slot_failure() const {
    const guard turn(mutex_);
    return last_slot_failure_;
}

lane::time announcer::step() noexcept {
    try {
        call_slots();
    } catch (const std::exception&) {
        const guard turn(mutex_);
        last_slot_failure_ = "no memory";  // so short that it needs none
    }
    return never;
}

void announcer::call_slots() {
    notes all;
    {
        const guard turn(mutex_);
        std::swap(all, notes_);
        told_ = all.head.value_or(told_);
    }
    tell(all);
}

void announcer::tell(const notes& all) {
    if (all.head) report("on_appended", appended(*all.head));
    for (const auto& [name, about] : all.rebuilds) report("on_rebuild", rebuild(about));
    for (const auto& [name, about] : all.progress) report("on_progress", progress(about));
    for (const auto& about : all.rest) {
        if (const auto* letter = std::get_if<dead_letter>(&about)) {
            report("on_dead_letter", parked(*letter));
        } else if (const auto thrown = failed(std::get<failure_report>(about)); !thrown.empty()) {
            const guard turn(mutex_);
            last_slot_failure_ = thrown.back();
        }
    }
}

void announcer::report(const char* whose, const std::vector<std::string>& thrown) {
    for (const std::string& words : thrown) note(failure_report{whose, "a slot of " + std::string(whose) + " threw: " + words});
}

}  // namespace acta::detail
