// Bindings to be kept, and a folder to keep them in.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "server/state/registration_table.hpp"

namespace server::state {

class TemporaryFolder {
public:
    TemporaryFolder() {
        if (mkdtemp(path_.data()) == nullptr) { throw std::runtime_error{"mkdtemp"}; }
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string database() const { return path_ + "/holdfast.db"; }
    void write(const std::string& name, const std::string& content) const {
        std::ofstream{path_ + "/" + name} << content;
    }

private:
    std::string path_ = testing::TempDir() + "holdfast-state-XXXXXX";
};

// From 192.0.2.1:40000, for a minute.
inline Binding over(sip::Transport transport, const Moment& now) {
    Binding binding;
    binding.uri = "sip:a@192.0.2.1";
    binding.call_id = "one";
    binding.cseq = 7;
    binding.flow.transport = transport;
    binding.flow.local = *base::Endpoint::parse("192.0.2.9:5060");
    binding.flow.remote = *base::Endpoint::parse("192.0.2.1:40000");
    binding.flow.connection = sip::is_reliable(transport) ? 3 : 0;
    binding.refreshed = now.steady;
    binding.expires = now.steady + std::chrono::seconds{60};
    return binding;
}

inline std::shared_ptr<const std::vector<Binding>> bindings_of(std::vector<Binding> bindings) {
    return std::make_shared<const std::vector<Binding>>(std::move(bindings));
}

}  // namespace server::state
