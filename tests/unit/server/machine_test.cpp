// What the start finds out about the machine.
#include "server/machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace server {
namespace {

namespace fs = std::filesystem;

// A folder that stands where / does.
struct Root {
    fs::path path = fs::temp_directory_path() / "holdfast-root-XXXXXX";
    Root() {
        std::string name = path.string();
        if (mkdtemp(name.data())) { path = name; }
    }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
    ~Root() { fs::remove_all(path); }

    void write(const fs::path& file, std::string_view content) const {
        fs::create_directories((path / file).parent_path());
        std::ofstream{path / file} << content;
    }
};

TEST(Machine, IsNoContainerByItself) {
    const Root root;
    EXPECT_FALSE(in_container(root.path));
    root.write("proc/1/cgroup", "0::/init.scope\n");
    EXPECT_FALSE(in_container(root.path));
}

TEST(Machine, IsAContainerByTheMarksOfEnginesAndItsControlGroup) {
    for (const char* file : {".dockerenv", "run/.containerenv"}) {
        const Root root;
        root.write(file, "");
        EXPECT_TRUE(in_container(root.path)) << file;
    }
    const Root root;
    root.write("proc/1/cgroup", "12:cpu:/\n11:pids:/kubepods/besteffort/pod1\n");
    EXPECT_TRUE(in_container(root.path));
}

TEST(Machine, HasItsLoopback) {
    EXPECT_THAT(this_machine().interfaces,
                testing::Contains(testing::Field(&Interface::address, *base::IpAddress::parse("127.0.0.1"))));
}

}  // namespace
}  // namespace server
