// What decide answers: events, nothing, or a refusal.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/decision.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/new_event.hpp>

#include <concepts>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace acta {

/// A named reason to say no: `static constexpr acta::refusal insufficient_funds{"account.insufficient_funds", "the balance does not
/// cover it"};`. The code is for programs and kept for ever, the sentence for people. Literals only, checked while compiling.
struct refusal {
    std::string_view code;
    std::string_view sentence;

    consteval refusal(detail::checked_name stored, const char* text) : code(stored.text), sentence(text) {
        if (sentence.empty()) a_refusal_needs_a_sentence();
    }
    /// By the code alone: the sentence may be put better one day.
    friend constexpr bool operator==(const refusal& a, const refusal& b) { return a.code == b.code; }

private:
    friend class outcome;
    constexpr refusal(std::string_view stored_code, std::string_view stored_sentence) : code(stored_code), sentence(stored_sentence) {}
    static void a_refusal_needs_a_sentence() {}
};

/// The stream must be new for this command, and is not.
inline constexpr refusal already_exists{"acta.already_exists", "there is one with this id already"};
/// The stream must exist for this command, and does not.
inline constexpr refusal does_not_exist{"acta.does_not_exist", "there is none with this id"};

struct nothing_t {
    explicit constexpr nothing_t() = default;
};
/// `return acta::nothing;`: accepted, and there is nothing to record.
inline constexpr nothing_t nothing{};

/// Any number of events of the listed types, none, or a refusal. Made from what a `decide` returns: an event, an annotated one
/// (`withdrawn{500} | acta::with("reason", "fee")`), `{a, b}`, `acta::nothing` or a refusal; or built up by add().
template <event... E>
class decision {
    static_assert(sizeof...(E) > 0, "a decision lists the events that may come of it: `acta::decision<withdrawn>`");

    template <class T>
    static constexpr bool listed = ((std::same_as<T, E> || std::same_as<T, annotated<E>>) || ...);

public:
    using event_list = acta::events<E...>;
    /// Each event of a decision, as its own type, with its own metadata and tags.
    using value = std::variant<annotated<E>...>;

    /// Nothing.
    decision() = default;
    decision(nothing_t) {}
    decision(const acta::refusal& why) : refusal_(why) {}
    template <class T>
        requires listed<T> decision(T event) { events_.push_back(value_of(std::move(event))); }
    template <class... T>
        requires(sizeof...(T) > 1 && (listed<T> && ...))
    decision(T... event) {
        events_.reserve(sizeof...(T));
        (events_.push_back(value_of(std::move(event))), ...);
    }

    /// Adds an event behind those that are there. Throws failure(misuse) when this is a refusal.
    template <class T>
    requires listed<T> decision& add(T event) {
        if (refusal_) throw failure(errc::misuse, "an event was added to a decision that refuses: a refusal records nothing");
        events_.push_back(value_of(std::move(event)));
        return *this;
    }

    bool refused() const noexcept { return refusal_.has_value(); }
    const std::optional<acta::refusal>& refusal() const noexcept { return refusal_; }
    /// Empty when refused.
    const std::vector<value>& events() const noexcept { return events_; }

private:
    template <class T>
    static value value_of(T event) {
        if constexpr ((std::same_as<T, E> || ...)) return value(std::in_place_type<annotated<T>>, std::move(event));
        else return value(std::in_place_type<T>, std::move(event));
    }

    std::vector<value> events_;
    std::optional<acta::refusal> refusal_;
};

}  // namespace acta
