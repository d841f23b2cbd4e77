// JSON that was read, as a tree that goes without asking for memory.
#include "json_value.hpp"

#include <nlohmann/json.hpp>

namespace acta::detail {

namespace {

constexpr std::size_t deepest = 128;  // a layout is 32 types deep, each at most three levels of JSON

/// What nlohmann's parser tells becomes the tree.
class builder final : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return put({}); }
    bool boolean(bool value) override { return put({value}); }
    bool number_integer(std::int64_t value) override { return put({value}); }
    bool number_unsigned(std::uint64_t value) override { return put({value}); }
    bool number_float(double value, const std::string&) override { return put({value}); }
    bool string(std::string& value) override { return put({std::move(value)}); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return begin({json_value::object()}); }
    bool key(std::string& name) override {
        key_ = std::move(name);
        return true;
    }
    bool end_object() override { return end(); }
    bool start_array(std::size_t) override { return begin({json_value::list()}); }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

    json_value root;

private:
    json_value& place(json_value&& value) {
        if (open_.empty()) return root = std::move(value);
        if (auto* const list = std::get_if<json_value::list>(&open_.back()->is)) return list->emplace_back(std::move(value));
        return std::get<json_value::object>(open_.back()->is).emplace_back(std::move(key_), std::move(value)).second;
    }
    bool put(json_value&& value) {
        if (left_out_ == 0) place(std::move(value));
        return true;
    }
    bool begin(json_value&& value) {
        if (left_out_ > 0 || open_.size() == deepest) ++left_out_;
        else open_.push_back(&place(std::move(value)));
        return true;
    }
    bool end() {
        if (left_out_ > 0) --left_out_;
        else open_.pop_back();
        return true;
    }

    std::vector<json_value*> open_;
    std::string key_;
    std::size_t left_out_ = 0;  // of the lists and objects that have begun and not ended
};

}  // namespace

const json_value* json_value::find(std::string_view name) const noexcept {
    const json_value* found = nullptr;
    if (const auto* const members = as<object>())
        for (const auto& [key, value] : *members)
            if (key == name) found = &value;
    return found;
}

std::optional<json_value> json_value::from_text(std::string_view text) {
    builder built;
    if (!nlohmann::json::sax_parse(text, &built)) return std::nullopt;
    return std::move(built.root);
}

}  // namespace acta::detail
