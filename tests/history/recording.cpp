// Recordings as text: a letter a line, then numbers.
#include "recording.hpp"

#include <fstream>
#include <stdexcept>
#include <type_traits>

namespace tests {

namespace {

/// Writes numbers, each followed by a space; a list begins with its size.
struct put {
    std::ostream& out;
    template <class T>
    void operator()(const T& one) {
        if constexpr (std::is_enum_v<T>) out << static_cast<int>(one) << ' ';
        else if constexpr (std::is_arithmetic_v<T>) out << one << ' ';
        else fields(*this, one);
    }
    template <class T>
    void operator()(const std::vector<T>& all) {
        (*this)(all.size());
        for (const T& one : all) (*this)(one);
    }
};

struct get {
    std::istream& in;
    template <class T>
    void operator()(T& one) {
        if constexpr (std::is_enum_v<T>) {
            int number = 0;
            in >> number;
            one = static_cast<T>(number);
        } else if constexpr (std::is_arithmetic_v<T>) {
            in >> one;
        } else {
            fields(*this, one);
        }
    }
    template <class T>
    void operator()(std::vector<T>& all) {
        std::size_t size = 0;
        in >> size;
        if (!in) throw std::runtime_error("a recording is cut short");
        all.resize(size);
        for (T& one : all) (*this)(one);
    }
};

template <class Each, class... T>
void each_of(Each& each, T&... all) {
    (each(all), ...);
}

template <class T, class U>
concept one_of = std::is_same_v<std::remove_const_t<T>, U>;

void fields(auto& each, one_of<sent_note> auto& x) { each_of(each, x.kind, x.tags); }
void fields(auto& each, one_of<sent_write> auto& x) { each_of(each, x.stream, x.expected, x.number, x.notes); }
void fields(auto& each, one_of<sent_item> auto& x) { each_of(each, x.kinds, x.tags); }
void fields(auto& each, one_of<sent_condition> auto& x) { each_of(each, x.items, x.after); }
void fields(auto& each, one_of<seen_note> auto& x) { each_of(each, x.position, x.number); }
void fields(auto& each, one_of<reading> auto& x) { each_of(each, x.began, x.ended, x.reader, x.head, x.notes); }
void fields(auto& each, one_of<look> auto& x) { each_of(each, x.began, x.ended, x.stream, x.version, x.position); }
void fields(auto& each, one_of<operation> auto& x) {
    each_of(each, x.began, x.ended, x.caller, x.number, x.call, x.writes, x.conditions, x.id);
    each_of(each, x.how, x.first, x.last, x.versions, x.stream, x.actual, x.condition, x.positions, x.head);
}

}  // namespace

std::int64_t operation::size() const {
    std::size_t notes = 0;
    for (const sent_write& write : writes) notes += write.notes.size();
    return static_cast<std::int64_t>(notes);
}

void save(const history& part, const std::filesystem::path& file) {
    std::ofstream out(file);
    put each{out};
    for (const operation& one : part.operations) out << "a ", each(one), out << '\n';
    for (const reading& one : part.readings) out << "r ", each(one), out << '\n';
    for (const look& one : part.looks) out << "l ", each(one), out << '\n';
    out << "end\n";
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void load(history& whole, const std::filesystem::path& file) {
    std::ifstream in(file);
    get each{in};
    std::string what;
    while (in >> what && what != "end") {
        if (what == "a") each(whole.operations.emplace_back());
        else if (what == "r") each(whole.readings.emplace_back());
        else if (what == "l") each(whole.looks.emplace_back());
    }
    if (!in) throw std::runtime_error(file.string() + " is cut short");
}

}  // namespace tests
