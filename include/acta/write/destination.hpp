// Ids as text, whatever the domain keeps them in, and events that a decision sends to a stream by its aggregate's id.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/destination.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/new_event.hpp>
#include <acta/write/aggregate.hpp>

#include <charconv>
#include <concepts>
#include <string_view>

namespace acta {

namespace detail {

template <class T>
concept text_or_number = std::convertible_to<const T&, std::string_view> || std::integral<T>;
template <class T>
concept strong_id = requires(const T& id) {
    requires text_or_number<std::remove_cvref_t<decltype(id.get())>>;
};

/// An id as text, whatever the domain keeps it in: a text, a whole number, or a strong type of either. Borrows the text.
class id_text {
public:
    template <class T>
    explicit id_text(const T& id) {
        if constexpr (text_or_number<T>) set(id);
        else set(id.get());
    }
    id_text(const id_text&) = delete;
    id_text& operator=(const id_text&) = delete;
    operator std::string_view() const noexcept { return text_; }

private:
    template <class T>
    void set(const T& id) {
        if constexpr (std::integral<T>)
            text_ = {digits_, static_cast<std::size_t>(std::to_chars(digits_, digits_ + sizeof digits_, id).ptr - digits_)};
        else text_ = id;
    }
    std::string_view text_;
    char digits_[24];
};

}  // namespace detail

/// `withdrawn{cents} | acta::to<account>(c.from)`: the event goes to the stream of that aggregate.
template <aggregate A, class Id>
directed to(const Id& id) {
    return {stream_name(A::category, detail::id_text(id))};
}

}  // namespace acta
