// The payload archives: an event's fields to compact bytes and back, over memory that somebody else owns.
#pragma once

#include <acta/event/bytes.hpp>
#include <acta/event/layout_codec.hpp>

#include <limits>
#include <span>

namespace acta::detail {

// ---- payloads out -------------------------------------------------------------------------------------------------------------

/// Appends the compact form of a value (src/store/FORMAT.md, "Payload").
class payload_writer : public cereal::detail::OutputArchiveBase, public archive<payload_writer> {
public:
    static constexpr bool loads = false;
    explicit payload_writer(std::vector<std::byte>& out) : out_(out) {}

    template <class T>
    void write(const T& value) {
        using enum layout_kind;
        if constexpr (std::is_same_v<T, bool>) out_.u8(value ? 1 : 0);
        else if constexpr (std::is_enum_v<T>) write(static_cast<std::underlying_type_t<T>>(value));
        else if constexpr (std::is_integral_v<T>) write_integer(value);
        else if constexpr (std::is_same_v<T, float>) out_.fixed32(std::bit_cast<std::uint32_t>(value));
        else if constexpr (std::is_same_v<T, double>) out_.fixed64(std::bit_cast<std::uint64_t>(value));
        else if constexpr (std::is_same_v<T, std::string>) out_.text(value);
        else if constexpr (is_bytes<T>) out_.varint(value.size()), out_.raw(std::as_bytes(std::span{value}));
        else if constexpr (is_a<T, std::optional>) {
            out_.u8(value ? 1 : 0);
            if (value) write(*value);
        } else if constexpr (is_a<T, std::vector>) {
            out_.varint(value.size());
            for (const typename T::value_type& element : value) write(element);
        } else if constexpr (is_std_array<T>) {
            for (const auto& element : value) write(element);
        } else if constexpr (kind_of<T>() == set || kind_of<T>() == map) {
            out_.varint(value.size());
            for (const auto* element : in_key_order(value)) write_element(*element);
        } else if constexpr (is_a<T, std::tuple> || is_a<T, std::pair>) {
            std::apply([this](const auto&... element) { (this->write(element), ...); }, value);
        } else if constexpr (is_a<T, std::variant>) {
            if (value.valueless_by_exception()) refuse_type(typeid(T).name(), "a variant holds no value");
            out_.varint(value.index());
            std::visit([this](const auto& alternative) { this->write(alternative); }, value);
        } else if constexpr (is_a<T, std::chrono::duration>) write(value.count());
        else if constexpr (is_sys_time<T>) write(value.time_since_epoch().count());
        else if constexpr (member_minimal<T> || free_minimal<T>) write(to_minimal(*this, value));
        else write_structure(value);
    }

    template <class T>
    void on_field(std::string_view name, const T& value) {
        shape_ = shape_with_field<T>(shape_, name);
        write(value);
    }

private:
    template <class T>
    void write_integer(T value) {
        if constexpr (sizeof(T) == 1) out_.u8(static_cast<std::uint8_t>(value));
        else if constexpr (std::is_signed_v<T>) out_.zigzag(value);
        else out_.varint(value);
    }
    template <class T>
    void write_element(const T& element) {
        if constexpr (is_a<T, std::pair>) write(element.first), write(element.second);
        else write(element);
    }
    template <class T>
    void write_structure(const T& value) {
        const std::uint64_t outer = std::exchange(shape_, empty_shape);
        fields_of(const_cast<T&>(value));  // serialize() is one function for both ways and so not const; this archive only reads
        if (shape_ != expected_shape<T>())
            refuse_type(typeid(T).name(), "its serialize() wrote other fields than it did for a default value: it must not branch");
        shape_ = outer;
    }

    byte_writer out_;
    std::uint64_t shape_ = empty_shape;
};

template <class T>
void write_payload(const T& value, std::vector<std::byte>& out) {
    payload_writer(out).write(value);
}

// ---- payloads in --------------------------------------------------------------------------------------------------------------

/// Overwrites values from the compact form. Containers grow as their elements are read, never by a count that was not yet earned.
class payload_reader : public cereal::detail::InputArchiveBase, public archive<payload_reader> {
public:
    static constexpr bool loads = true;
    explicit payload_reader(byte_span payload) : in_(payload) {}

    template <class T>
    void read(T& value) {
        using enum layout_kind;
        if constexpr (std::is_same_v<T, bool>) value = read_flag();
        else if constexpr (std::is_enum_v<T>) value = static_cast<T>(read_new<std::underlying_type_t<T>>());
        else if constexpr (std::is_integral_v<T>) read_integer(value);
        else if constexpr (std::is_same_v<T, float>) value = std::bit_cast<float>(in_.fixed32());
        else if constexpr (std::is_same_v<T, double>) value = std::bit_cast<double>(in_.fixed64());
        else if constexpr (std::is_same_v<T, std::string>) value = in_.text();
        else if constexpr (is_bytes<T>) {
            const auto bytes = in_.raw(in_.varint());
            const auto* const first = reinterpret_cast<const typename T::value_type*>(bytes.data());
            value.assign(first, first + bytes.size());
        } else if constexpr (is_a<T, std::optional>) {
            if (!read_flag()) return value.reset();
            if (!value) value.emplace();
            read(*value);
        } else if constexpr (is_a<T, std::vector>) read_list(value);
        else if constexpr (is_std_array<T>) {
            for (auto& element : value) read(element);
        } else if constexpr (kind_of<T>() == set) {
            value.clear();
            for (std::size_t left = in_.count(); left > 0; --left)
                if (!value.insert(read_new<typename T::value_type>()).second) byte_reader::broken("a set holds a value twice");
        } else if constexpr (kind_of<T>() == map) {
            value.clear();
            for (std::size_t left = in_.count(); left > 0; --left) {
                auto key = read_new<typename T::key_type>();
                if (!value.emplace(std::move(key), read_new<typename T::mapped_type>()).second)
                    byte_reader::broken("a map holds a key twice");
            }
        } else if constexpr (is_a<T, std::tuple> || is_a<T, std::pair>) {
            std::apply([this](auto&... element) { (this->read(element), ...); }, value);
        } else if constexpr (is_a<T, std::variant>) read_variant(value);
        else if constexpr (is_a<T, std::chrono::duration>) value = T(read_new<typename T::rep>());
        else if constexpr (is_sys_time<T>) value = T(read_new<typename T::duration>());
        else if constexpr (member_minimal<T> || free_minimal<T>) read_minimal(value);
        else fields_of(value);
    }

    template <class T>
    void on_field(std::string_view, T& value) {
        read(value);
    }
    bool done() const noexcept { return in_.done(); }

private:
    template <class T>
    T read_new() {
        T value{};
        read(value);
        return value;
    }
    bool read_flag() {
        const std::uint8_t byte = in_.u8();
        if (byte > 1) byte_reader::broken("a flag is neither 0 nor 1");
        return byte == 1;
    }
    template <class T>
    void read_integer(T& value) {
        if constexpr (sizeof(T) == 1) {
            value = static_cast<T>(in_.u8());
        } else {
            const auto wide = [this] {
                if constexpr (std::is_signed_v<T>) return in_.zigzag();
                else return in_.varint();
            }();
            if (wide < std::numeric_limits<T>::min() || wide > std::numeric_limits<T>::max())
                byte_reader::broken("a number does not fit its type");
            value = static_cast<T>(wide);
        }
    }
    template <class T, class A>
    void read_list(std::vector<T, A>& list) {
        const std::size_t size = in_.count();
        if constexpr (std::is_same_v<T, bool>) {
            list.clear();
            for (std::size_t i = 0; i < size; ++i) list.push_back(read_flag());
        } else {
            if (list.size() > size) list.resize(size);
            for (std::size_t i = 0; i < size; ++i) {
                if (i == list.size()) list.emplace_back();
                read(list[i]);
            }
        }
    }
    template <class... A>
    void read_variant(std::variant<A...>& variant) {
        const std::uint64_t index = in_.varint();
        if (index >= sizeof...(A)) byte_reader::broken("a variant's index is too large");
        [&]<std::size_t... I>(std::index_sequence<I...>) { ((I == index ? read(variant.template emplace<I>()) : void()), ...); }
        (std::index_sequence_for<A...>());
    }
    template <class T>
    void read_minimal(T& value) {
        const auto held = read_new<minimal_of<T>>();
        if constexpr (member_minimal<T>) cereal::access::member_load_minimal(*this, value, held);
        else load_minimal(*this, value, held);
    }

    byte_reader in_;
};

}  // namespace acta::detail
