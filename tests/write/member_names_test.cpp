#include <acta/write/member_names.hpp>

#include <doctest/doctest.h>

namespace {

struct bare {};
struct with_functions {
    void evolve(int) {}
    void evolve(double) {}
    static void decide() {}
};
struct with_template {
    template <class T>
    void apply(T) {}
};
struct with_field {
    int validate = 0;
};
class secretive {
    void decide() {}

public:
    void call() { decide(); }
};
struct child : with_template {};
struct last final {};

}  // namespace

using namespace acta::detail;

TEST_CASE("a member is found by its name, however it is declared") {
    CHECK_FALSE(has_evolve<bare>);
    CHECK_FALSE(has_apply<bare>);
    CHECK_FALSE(has_decide<bare>);
    CHECK_FALSE(has_validate<bare>);
    CHECK(has_evolve<with_functions>);
    CHECK(has_decide<with_functions>);
    CHECK_FALSE(has_apply<with_functions>);
    CHECK(has_apply<with_template>);
    CHECK(has_validate<with_field>);
    CHECK(has_decide<secretive>);
    CHECK(has_apply<child>);
}

TEST_CASE("a final class and what is no class cannot be asked") {
    CHECK(can_be_asked<bare>);
    CHECK_FALSE(can_be_asked<last>);
    CHECK_FALSE(can_be_asked<int>);
}
