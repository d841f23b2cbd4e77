#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace {

unsigned cases_run = 0;

struct case_counter : doctest::IReporter {
    explicit case_counter(const doctest::ContextOptions&) {}
    void test_case_start(const doctest::TestCaseData&) override { ++cases_run; }

    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("case_counter", 1, case_counter);

// ctest runs the cases of one *_test.cpp at a time: a case that stands in another file, a header say, would never run.
bool every_case_stands_in_a_test_file() {
    bool all = true;
    for (const auto& test : doctest::detail::getRegisteredTests()) {
        if (!std::string_view(test.m_file.c_str()).ends_with("_test.cpp")) {
            std::cerr << test.m_file.c_str() << ':' << test.m_line << ": the test case \"" << test.m_name
                      << "\" stands outside of a *_test.cpp, so ctest would never run it: make it a function that a test case calls\n";
            all = false;
        }
    }
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    doctest::Context context(argc, argv);
    const int result = context.run();
    if (context.shouldExit()) return result;  // --help, --list-test-cases and their like

    if (!every_case_stands_in_a_test_file()) return EXIT_FAILURE;
    if (cases_run == 0) {
        std::cerr << "no test case matches these filters, so nothing was tested\n";
        return EXIT_FAILURE;
    }
    return result;
}
