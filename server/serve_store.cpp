#include "server/serve_store.hpp"

#include <filesystem>
#include <system_error>

namespace server {

bool keeps_registrations(const config::Config& config) {
    return config.registrar.enabled && !config.users.empty() &&
           config.registrar.store == config::RegistrationStore::sqlite;
}

std::unique_ptr<state::RegistrationWriter> keep_registrations(const config::Config& config, ShardGroup& shards,
                                                              Log& log) {
    if (!keeps_registrations(config)) { return nullptr; }
    const std::filesystem::path folder{config.server.state_dir};
    std::error_code ignored;  // where it is not there then, opening the file says so
    std::filesystem::create_directory(folder, ignored);
    try {
        state::RegistrationTable table{folder / "holdfast.db"};
        std::vector<UserBindings> kept = table.load(state::Moment::now());
        if (table.unreadable() != 0) {
            log.warn("registrations.unreadable", {{"rows", std::to_string(table.unreadable())}});
        }
        auto writer = std::make_unique<state::RegistrationWriter>(std::move(table), log);
        shards.keep_registrations(*writer, std::move(kept));
        return writer;
    } catch (const state::DatabaseError& error) {
        log.warn("registrations.no_store", {{"why", error.what()}, {"then", "a restart forgets who has registered"}});
        return nullptr;
    }
}

}  // namespace server
