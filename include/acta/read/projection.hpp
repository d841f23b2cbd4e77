// A projection: a class whose `apply` functions turn events into rows; its checks, and its table of C functions.
#pragma once

#include <acta/read/delivery.hpp>

#include <array>
#include <deque>
#include <memory>

namespace acta {

/// The stored name and revision of a projection: `static constexpr acta::projection_type projection{"balances", 1};`. Checked while
/// compiling. Raise the revision when the same events shall give other rows.
struct projection_type {
    std::string_view name;
    std::uint32_t revision = 1;

    consteval projection_type(detail::checked_name stored, std::uint32_t number = 1) : name(stored.text), revision(number) {
        if (number == 0) detail::a_revision_starts_at_1();
    }
};

namespace detail::projections {

template <std::size_t N>
struct literal {
    char text[N] = {};
    consteval literal(const char (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
    constexpr std::string_view view() const { return {text, N - 1}; }
};

}  // namespace detail::projections

/// `using from = acta::categories<"account", "transfer">;`: only events of streams of these categories are delivered.
template <detail::projections::literal... Names>
struct categories {
    static_assert((detail::storable_name(Names.view()) && ...),
                  "a category is named by 1 to 200 letters, digits, dots, underscores or slashes");
    static_assert(((Names.view().find('-') == std::string_view::npos) && ...),
                  "a category holds no hyphen: a stream's name is split at its first one");
    static constexpr std::array<std::string_view, sizeof...(Names)> names{Names.view()...};
};

namespace detail::projections {

// ---- checks: each is one sentence -----------------------------------------------------------------------------------------------

struct with_decide {
    int decide = 0;
};
struct with_evolve {
    int evolve = 0;
};
/// A member of T that has the other base's member's name makes that name ambiguous, whatever it is: overloaded, template or private.
template <class T, class Named>
struct both : T, Named {};
template <class T>
concept has_decide = !requires {
    &both<T, with_decide>::decide;
};
template <class T>
concept has_evolve = !requires {
    &both<T, with_evolve>::evolve;
};

/// An event that nobody has heard of: whoever accepts it accepts everything.
struct unheard_of {
    static constexpr event_type event{"acta.unheard-of"};
};

template <class P>
concept has_type = requires {
    requires std::is_same_v<std::remove_cv_t<decltype(P::projection)>, projection_type>;
};
template <class T>
inline constexpr bool is_list = false;
template <class... E>
inline constexpr bool is_list<events<E...>> = true;
template <class P>
concept has_consumes = requires {
    requires is_list<typename P::consumes> || std::is_same_v<typename P::consumes, any_event>;
};
template <class T>
inline constexpr bool is_categories = false;
template <literal... Names>
inline constexpr bool is_categories<categories<Names...>> = true;

template <class P>
constexpr bool scoped_well() {
    if constexpr (requires { typename P::from; }) return is_categories<typename P::from>;
    else return true;
}

template <class P, class E>
concept applies_exactly = requires {
    static_cast<void (P::*)(const recorded<E>&)>(&P::apply);
};
/// Something is there for E, but not what it should be.
template <class P, class E>
concept applies_somehow = requires(P& p, const recorded<E>& event) {
    p.apply(event);
}
|| requires(P& p, recorded<E>& event) { p.apply(event); }
|| requires(P& p, recorded<E>& event) { p.apply(std::move(event)); }
|| requires(P& p, recorded<E>& event) { p.apply(event.event_to_fill()); };
template <class P>
concept swallows_events = requires(P& p, const recorded<unheard_of>& event) {
    p.apply(event);
}
|| requires(P& p, const unheard_of& event) { p.apply(event); };

template <class P, class E>
constexpr bool checked_apply() {
    if constexpr (!applies_exactly<P, E>) {
        static_assert(
            applies_somehow<P, E>,
            "a projection needs a public `void apply(const acta::recorded<E>&)` for each event E of its `consumes`, and one is missing");
        if constexpr (applies_somehow<P, E>)
            static_assert(applies_exactly<P, E>, "an apply of a projection has to be exactly `void apply(const acta::recorded<E>&)`: a "
                                                 "reference to const recorded<E>, no copy, nothing returned, not const");
    }
    return true;
}

template <class P, class Consumes>
struct applies;
template <class P, class... E>
struct applies<P, events<E...>> {
    static constexpr bool checked = (checked_apply<P, E>() && ...);
};
template <class P>
struct applies<P, events<>> {
    static_assert(!std::is_same_v<P, P>, "a projection that consumes no event has nothing to do: name the events in its `consumes`");
    static constexpr bool checked = true;
};
template <class P>
struct applies<P, any_event> {
    static constexpr bool checked = checked_apply<P, any_event>();
};

template <class P>
constexpr bool tables_are_tables() {
    if constexpr (requires(P & p) { p.tables(); })
        return []<class... T>(std::type_identity<std::tuple<T...>>) {
            return (std::is_base_of_v<rows::bound_member, std::remove_reference_t<T>> && ...) && (std::is_lvalue_reference_v<T> && ...);
        }(std::type_identity<decltype(std::declval<P&>().tables())>{});
    else return true;
}

template <class P>
constexpr bool checked() {
    static_assert(has_type<P>, "a projection needs `static constexpr acta::projection_type projection{\"name\", 1};`");
    static_assert(has_consumes<P>,
                  "a projection needs `using consumes = acta::events<...>;`, the events that it applies, or acta::any_event");
    static_assert(scoped_well<P>(), "a projection's scope is `using from = acta::categories<\"account\">;`");
    static_assert(std::is_default_constructible_v<P>, "a projection must be default constructible: it is made anew after a failure");
    static_assert(!std::is_final_v<P>, "a projection must not be final: acta could not check the names of its functions");
    if constexpr (has_consumes<P> && !std::is_final_v<P>) {
        static_assert(!has_decide<P>,
                      "a projection has no `decide`: commands are decided on the write side, a projection *applies* events");
        static_assert(!has_evolve<P>, "a projection has no `evolve`: an aggregate *evolves*; a projection *applies*");
        static_assert(!swallows_events<P>, "an apply of a projection must not be a template: it would swallow new events in silence");
        if constexpr (!swallows_events<P>) static_assert(applies<P, typename handled_events<typename P::consumes>::type>::checked);
    }
    static_assert(tables_are_tables<P>(),
                  "tables() answers references to acta::table and acta::sql members: `auto tables() { return std::tie(rows); }`");
    return true;
}

// ---- the table of C functions -----------------------------------------------------------------------------------------------------

/// A projection object and what delivers to it: what `self` points to.
template <class P>
struct instance {
    P projection{};
    delivery<P> deliver{projection};
};

/// An event as the table describes it, and what that borrows.
struct consumed_event {
    explicit consumed_event(const event_codec& codec);
    consumed_event(const consumed_event&) = delete;
    consumed_event& operator=(const consumed_event&) = delete;

    std::vector<acta_text> former_names;
    std::vector<std::uint32_t> older_revisions;
    acta_consumed described{};
};

template <class P>
class c_table {
public:
    c_table() {
        if constexpr (!std::is_same_v<typename P::consumes, any_event>) consume();
        if constexpr (requires { typename P::from; })
            for (const std::string_view name : P::from::names) categories_.push_back(borrowed(name));
        table_ = {sizeof(acta_projection),
                  borrowed(P::projection.name),
                  P::projection.revision,
                  std::is_same_v<typename P::consumes, any_event> ? 1U : 0U,
                  consumed_list_.data(),
                  consumed_list_.size(),
                  categories_.data(),
                  categories_.size(),
                  &create,
                  &destroy,
                  &learn,
                  &apply,
                  &flush};
    }
    c_table(const c_table&) = delete;
    c_table& operator=(const c_table&) = delete;
    const acta_projection& table() const noexcept { return table_; }

private:
    static instance<P>& of(void* self) noexcept { return *static_cast<instance<P>*>(self); }

    static acta_status create(const acta_database* database, void** self, acta_error* error) {
        return guarded(error, [&] {
            auto made = std::make_unique<instance<P>>();
            bind_all(made->deliver.members(), {database, nullptr});
            *self = made.release();
            return ACTA_OK;
        });
    }
    static void destroy(void* self) { delete &of(self); }
    static acta_status learn(void* self, const acta_stored_type* type, acta_error* error) {
        return guarded(error, [&] {
            try {
                of(self).deliver.learn(*type);
                return ACTA_OK;
            } catch (const failure& why) {
                if (why.code() != errc::layout_mismatch) throw;
                put_error(error, why.what());
                return ACTA_LAYOUT_MISMATCH;
            }
        });
    }
    static acta_status apply(void* self, const acta_event* event, acta_error* error) {
        return guarded(error, [&] {
            of(self).deliver.apply(*event);
            return ACTA_OK;
        });
    }
    static acta_status flush(void* self, acta_error* error) {
        return guarded(error, [&] {
            of(self).deliver.flush();
            return ACTA_OK;
        });
    }

    void consume() {
        for (const event_codec* const codec : event_list_of<typename P::consumes>().current) consumed_.emplace_back(*codec);
        for (const consumed_event& each : consumed_) consumed_list_.push_back(&each.described);
    }

    std::deque<consumed_event> consumed_;
    std::vector<const acta_consumed*> consumed_list_;
    std::vector<acta_text> categories_;
    acta_projection table_{};
};

}  // namespace detail::projections

/// A class with a `projection_type`, a list of events and `apply` for each of them.
template <class P>
concept projection = detail::projections::has_type<P>;

/// The table of C functions of a projection, the same for a plugin and in-process. Lives for the whole program. Every mistake in P that
/// can be seen while compiling is answered here. Throws failure(misuse) when an event of it has no layout.
template <class P>
const acta_projection& abi_of() {
    static_assert(detail::projections::checked<P>());
    static const detail::projections::c_table<P> made;
    return made.table();
}

}  // namespace acta
