// Records of the tests' making, and a folder for their files.
#pragma once

#include <filesystem>
#include <string>

#include "server/records/record.hpp"

namespace server::records::test {

inline constexpr std::int64_t noon = 1'795'953'600'000;  // 2026-11-29T12:00:00Z

// Call number `number` of a day: one a second, from noon on.
inline Record sample(int number) {
    Record record;
    record.id = "call" + std::to_string(1000 + number);
    record.started = noon + number * 1000;
    record.answered = record.started + 500;
    record.ended = record.started + 10'500;
    record.setup_ms = 500;
    record.duration_ms = 10'000;
    record.from = "sip:+49301234@192.0.2.1";
    record.to = "sip:100_%" + std::to_string(number) + "@192.0.2.9";
    record.route = "routes[0]";
    record.outcome = "answered";
    record.code = 200;
    record.cause = "B hung up, \"quoted\" 'so'\n and so on";
    record.ended_by = "b";
    record.renegotiations = 3;
    record.healed = 1;
    record.a = {"a-" + record.id,
                "carrier",
                "",
                "udp",
                "192.0.2.1:5060",
                record.from,
                {"PCMA", "PCMU"},
                "AEAD_AES_128_GCM",
                4000,
                0,
                500,
                498,
                2,
                1.25,
                12.5,
                4.25};
    record.b = LegRecord{"b-" + record.id,
                         "",
                         "alice",
                         "ws",
                         "192.0.2.7:49152",
                         record.to,
                         {"PCMU"},
                         "",
                         0,
                         4000,
                         500,
                         500,
                         0,
                         0.5,
                         std::nullopt,
                         std::nullopt};
    return record;
}

inline std::vector<Record> samples(int first, int count) {
    std::vector<Record> all;
    for (int i = first; i < first + count; ++i) { all.push_back(sample(i)); }
    return all;
}

inline std::vector<std::string> ids(const std::vector<Record>& records) {
    std::vector<std::string> all;
    for (const Record& record : records) { all.push_back(record.id); }
    return all;
}

// Gone with the test.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "holdfast-records-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace server::records::test
