// Which of a program's events a stored one becomes, how its payload gets there, and the sentence when it cannot.
#include <acta/event/layout.hpp>
#include <acta/event/match.hpp>
#include <acta/event/result.hpp>

#include <algorithm>

namespace acta {

namespace {

std::string revision_text(std::uint32_t number) { return "revision " + std::to_string(number); }

/// A codec and those of the structs that it is upcast from, the newest first.
template <class F>
void for_each_in_chain(const event_codec& newest, F call) {
    for (const event_codec* each = &newest; each != nullptr; each = each->older) call(*each);
}

bool formerly_named(const event_codec& codec, std::string_view name) {
    return std::find(codec.former_names.begin(), codec.former_names.end(), name) != codec.former_names.end();
}

/// Is `name` this struct's own former name, and not that of the struct that it is upcast from? Then the rename came with the raised
/// revision, and later events of that name are another struct's.
bool renamed_from(const event_codec& codec, std::string_view name) {
    if (!formerly_named(codec, name)) return false;
    for (const event_codec* each = codec.older; each != nullptr; each = each->older)
        if (each->type.name == name) return false;
    return true;
}

/// Finds in a chain the struct that a type was stored from.
class finder {
public:
    explicit finder(const type_in_store& stored) : stored_(stored) {}

    /// A struct of exactly that name and revision.
    const event_codec* exact(const event_codec& newest) {
        const event_codec* found = nullptr;
        for_each_in_chain(newest, [&](const event_codec& each) {
            const bool named = each.type.name == stored_.name;
            if (named && each.type.revision == stored_.revision) found = &each;
            if ((named || formerly_named(each, stored_.name)) && (nearest_ == nullptr || each.type.revision > nearest_->type.revision))
                nearest_ = &each;
        });
        return found;
    }
    /// A struct of that revision which had that name formerly.
    const event_codec* former(const event_codec& newest) const {
        const event_codec* found = nullptr;
        for_each_in_chain(newest, [&](const event_codec& each) {
            if (each.type.revision == stored_.revision && renamed_from(each, stored_.name)) found = &each;
        });
        return found;
    }
    /// The newest struct that has or had the name; null when none does.
    const event_codec* nearest() const noexcept { return nearest_; }

private:
    const type_in_store& stored_;
    const event_codec* nearest_ = nullptr;
};

[[noreturn]] void no_such_revision(const type_in_store& stored, const event_codec& nearest) {
    const std::string event = "the event " + std::string(stored.name) + " is stored in " + revision_text(stored.revision);
    if (nearest.type.name != stored.name)
        throw failure(errc::layout_mismatch,
                      event + ", and this program knows that name as a former one of " + std::string(nearest.type.name) + " alone, " +
                          "in another revision: list the struct of that revision or what it is upcast into, or acta::retired<> of it");
    if (stored.revision > nearest.type.revision)
        throw failure(errc::layout_mismatch,
                      event + ", newer than " + revision_text(nearest.type.revision) + " that this program knows: upgrade the program");
    throw failure(errc::layout_mismatch, event + ", and this program does not know that revision: add an upcast from it to " +
                                             revision_text(nearest.type.revision) + ", or list acta::retired<> of its struct");
}

}  // namespace

std::shared_ptr<const resolution> resolve(const type_in_store& stored, const event_codec& ours) {
    if (stored.fingerprint == ours.fingerprint) return nullptr;
    try {
        return std::make_shared<resolution>(layout::from_text(stored.layout_text), ours.shape);
    } catch (const failure& why) {
        if (why.code() != errc::layout_mismatch) throw;
        throw failure(errc::layout_mismatch, "the event " + std::string(stored.name) + ", " + revision_text(stored.revision) +
                                                 ", is stored with fields that this program cannot take for its own (" + why.what() +
                                                 "): raise the revision and add an upcast");
    }
}

payload_path::payload_path(std::shared_ptr<const resolution> from, const event_codec& source, const event_codec& target, std::size_t index)
    : index_(index), straight_(!from && &source == &target ? source.decode : nullptr), resolve_(std::move(from)), decode_(source.decode) {
    for (const event_codec* at = &target; at != &source; at = at->older) upcasts_.push_back({at->upcast, at->older->make()});
    std::reverse(upcasts_.begin(), upcasts_.end());
}

void payload_path::read_changed(byte_span payload, void* event) {
    if (resolve_) {
        resolved_.clear();
        resolve_->rewrite(payload, resolved_);
        payload = resolved_;
    }
    decode_(payload, upcasts_.empty() ? event : upcasts_.front().old.get());
    for (std::size_t i = 0; i < upcasts_.size(); ++i)
        upcasts_[i].upcast(upcasts_[i].old.get(), i + 1 < upcasts_.size() ? upcasts_[i + 1].old.get() : event);
}

std::optional<std::vector<payload_path>> paths_for(const type_in_store& stored, const event_list& listed) {
    finder find(stored);
    std::vector<payload_path> paths;
    bool retired = false;
    const auto take = [&](auto find_source) {
        for (std::size_t i = 0; i < listed.current.size(); ++i)
            if (const event_codec* const source = find_source(*listed.current[i])) {
                paths.emplace_back(resolve(stored, *source), *source, *listed.current[i], i);
            }
        for (const event_codec* const each : listed.retired) retired = find_source(*each) != nullptr || retired;
    };
    take([&](const event_codec& newest) { return find.exact(newest); });
    if (paths.empty() && !retired) take([&](const event_codec& newest) { return find.former(newest); });
    if (paths.empty() && !retired) {
        if (find.nearest() == nullptr) return std::nullopt;
        no_such_revision(stored, *find.nearest());
    }
    return paths;
}

std::vector<std::string_view> names_in_store(const event_codec& of) {
    std::vector<std::string_view> names;
    const auto add = [&](std::string_view name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for_each_in_chain(of, [&](const event_codec& each) {
        add(each.type.name);
        for (const std::string_view former : each.former_names) add(former);
    });
    return names;
}

std::vector<std::string_view> names_in_store(const event_list& listed) {
    std::vector<std::string_view> names;
    for (const event_codec* const each : listed.current)
        for (const std::string_view name : names_in_store(*each))
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
}

}  // namespace acta
