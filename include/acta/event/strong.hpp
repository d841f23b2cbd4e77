// A value with a type of its own that is stored exactly as the value inside it.
#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace acta {

/// `using account_id = acta::strong<struct account_id_tag, std::string>;`: cannot be mistaken for another id, and has the bytes,
/// layout, column and JSON of the std::string inside, so that introducing it changes nothing that is stored.
template <class Tag, class T>
class strong {
public:
    using value_type = T;
    constexpr strong() = default;
    constexpr explicit strong(T value) : value_(std::move(value)) {}
    constexpr const T& get() const& { return value_; }
    constexpr T&& get() && { return std::move(value_); }

    friend bool operator==(const strong&, const strong&) = default;
    friend auto operator<=>(const strong&, const strong&) = default;

    template <class Archive>
    T save_minimal(const Archive&) const {
        return value_;
    }
    template <class Archive>
    void load_minimal(const Archive&, const T& value) {
        value_ = value;
    }

private:
    T value_{};
};

}  // namespace acta

template <class Tag, class T>
struct std::hash<acta::strong<Tag, T>> {
    std::size_t operator()(const acta::strong<Tag, T>& strong) const { return std::hash<T>{}(strong.get()); }
};
