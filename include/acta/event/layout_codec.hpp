// The layout archive: walks serialize() at the level of types and yields field names and types.
#pragma once

#include <acta/event/archive_codec.hpp>

#include <typeindex>

namespace acta::detail {

/// Appends the payload of a value; in payload_codec.hpp.
template <class T>
void write_payload(const T& value, std::vector<std::byte>& out);

/// Walks serialize() of default constructed values and notes names, types and initial values.
class layout_walker : public cereal::detail::OutputArchiveBase, public archive<layout_walker> {
public:
    static constexpr bool loads = false;

    template <class T>
    layout describe() {
        layout node;
        node.kind = kind_of<T>();
        if constexpr (std::is_enum_v<T> && !std::is_same_v<T, std::byte>) {
            node.inner.push_back(scalar<std::underlying_type_t<T>>());
            if constexpr (requires { acta_names(T{}); })
                for (const auto& [value, name] : acta_names(T{}))
                    node.enumerators.push_back({static_cast<std::int64_t>(value), std::string(name)});
        } else if constexpr (is_a<T, std::optional>) {
            node.inner.push_back(describe<typename T::value_type>());
        } else if constexpr (node_is_sequence<T>()) {
            node.inner.push_back(element<typename T::value_type, T>());
        } else if constexpr (is_std_array<T>) {
            node.inner.push_back(element<typename T::value_type, T>());
            node.size = std::tuple_size_v<T>;
        } else if constexpr (is_a<T, std::map> || is_a<T, std::unordered_map>) {
            node.inner.push_back(element<typename T::key_type, T>());
            node.inner.push_back(describe<typename T::mapped_type>());
        } else if constexpr (is_a<T, std::tuple> || is_a<T, std::pair>) {
            [&]<std::size_t... I>(std::index_sequence<I...>) { (node.inner.push_back(describe<std::tuple_element_t<I, T>>()), ...); }
            (std::make_index_sequence<std::tuple_size_v<T>>());
        } else if constexpr (is_a<T, std::variant>) {
            [&]<std::size_t... I>(std::index_sequence<I...>) { (node.inner.push_back(describe<std::variant_alternative_t<I, T>>()), ...); }
            (std::make_index_sequence<std::variant_size_v<T>>());
        } else if constexpr (is_a<T, std::chrono::duration>) {
            describe_ticks<T>(node);
        } else if constexpr (is_sys_time<T>) {
            describe_ticks<typename T::duration>(node);
        } else if constexpr (member_minimal<T> || free_minimal<T>) {
            return describe<minimal_of<T>>();
        } else if constexpr (kind_of<T>() == layout_kind::structure) {
            describe_structure<T>(node);
        }
        return node;
    }

    /// The sum of the fields of the structure that was described last.
    std::uint64_t shape() const noexcept { return shape_; }

    template <class T>
    void on_field(std::string_view name, const T& initial) {
        const std::uint64_t outer = shape_;
        layout node = describe<T>();
        shape_ = shape_with_field<T>(outer, name);
        node.name = name;
        write_payload(initial, node.initial);
        fields_->push_back(std::move(node));
    }

private:
    template <class T>
    static constexpr bool node_is_sequence() {
        return (is_a<T, std::vector> && !is_bytes<T>) || is_a<T, std::set> || is_a<T, std::unordered_set>;
    }
    template <class T>
    static layout scalar() {
        layout node;
        node.kind = integer_kind<T>();
        return node;
    }
    template <class T, class Container>
    layout element() {
        layout node = describe<T>();
        if (min_size(node) == 0)
            refuse_type(typeid(Container).name(), "its elements have no fields, so that a count of them could not be checked");
        return node;
    }
    template <class Duration>
    void describe_ticks(layout& node) {
        // Standard libraries count days in integers of different width, whose payload is the same zigzag: so is their layout.
        using count = typename Duration::rep;
        constexpr bool zigzag = std::is_integral_v<count> && std::is_signed_v<count> && sizeof(count) > 1;
        node.inner.push_back(describe<std::conditional_t<zigzag, std::int64_t, count>>());
        node.numerator = Duration::period::num;
        node.denominator = Duration::period::den;
    }
    template <class T>
    void describe_structure(layout& node) {
        const std::type_index type = typeid(T);
        if (std::find(open_.begin(), open_.end(), type) != open_.end()) refuse_type(typeid(T).name(), "it contains itself");
        open_.push_back(type);
        std::vector<layout>* const outer = std::exchange(fields_, &node.inner);
        shape_ = empty_shape;
        T value{};
        fields_of(value);
        fields_ = outer;
        open_.pop_back();
    }

    std::vector<std::type_index> open_;
    std::vector<layout>* fields_ = nullptr;
    std::uint64_t shape_ = empty_shape;
};

/// The text of a type's layout. Throws failure(misuse) where layout::from_text would refuse it, so that no store ever holds one.
std::string storable_text(const layout& of, const char* type);

template <class T>
std::uint64_t expected_shape() {
    static const std::uint64_t shape = [] {
        layout_walker walker;
        walker.describe<T>();
        return walker.shape();
    }();
    return shape;
}

}  // namespace acta::detail
