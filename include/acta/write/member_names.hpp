// Whether a class has a member of a given name, however it is declared: for the checks of aggregates and handler sets.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/member_names.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <type_traits>

namespace acta::detail {

struct named_evolve {
    int evolve = 0;
};
struct named_apply {
    int apply = 0;
};
struct named_decide {
    int decide = 0;
};
struct named_validate {
    int validate = 0;
};

/// A name that both bases have is ambiguous, whether it is a function, a template, overloaded or private.
template <class T, class Name>
struct joined : T, Name {};

/// A class that can be asked: one that is final cannot.
template <class T>
concept can_be_asked = std::is_class_v<T> && !std::is_final_v<T>;

template <class T>
concept has_evolve = !requires {
    &joined<T, named_evolve>::evolve;
};
template <class T>
concept has_apply = !requires {
    &joined<T, named_apply>::apply;
};
template <class T>
concept has_decide = !requires {
    &joined<T, named_decide>::decide;
};
template <class T>
concept has_validate = !requires {
    &joined<T, named_validate>::validate;
};

}  // namespace acta::detail
