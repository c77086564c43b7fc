/** Stands for api.supabase.com: keeps what the CLI sends, and answers as for a new project. */
import { listen } from './auth-service.ts';

/** Settings of Auth that a project may have none of, all of which the CLI wants to be told. */
const unsetAuthSettings = `
  api_max_request_duration db_max_pool_size db_max_pool_size_unit disable_signup
  external_anonymous_users_enabled external_apple_additional_client_ids external_apple_client_id
  external_apple_email_optional external_apple_enabled external_apple_secret
  external_azure_client_id external_azure_email_optional external_azure_enabled
  external_azure_secret external_azure_url external_bitbucket_client_id
  external_bitbucket_email_optional external_bitbucket_enabled external_bitbucket_secret
  external_discord_client_id external_discord_email_optional external_discord_enabled
  external_discord_secret external_email_enabled external_facebook_client_id
  external_facebook_email_optional external_facebook_enabled external_facebook_secret
  external_figma_client_id external_figma_email_optional external_figma_enabled
  external_figma_secret external_github_client_id external_github_email_optional
  external_github_enabled external_github_secret external_gitlab_client_id
  external_gitlab_email_optional external_gitlab_enabled external_gitlab_secret
  external_gitlab_url external_google_additional_client_ids external_google_client_id
  external_google_email_optional external_google_enabled external_google_secret
  external_google_skip_nonce_check external_kakao_client_id external_kakao_email_optional
  external_kakao_enabled external_kakao_secret external_keycloak_client_id
  external_keycloak_email_optional external_keycloak_enabled external_keycloak_secret
  external_keycloak_url external_linkedin_oidc_client_id external_linkedin_oidc_email_optional
  external_linkedin_oidc_enabled external_linkedin_oidc_secret external_notion_client_id
  external_notion_email_optional external_notion_enabled external_notion_secret
  external_phone_enabled external_slack_client_id external_slack_email_optional
  external_slack_enabled external_slack_oidc_client_id external_slack_oidc_email_optional
  external_slack_oidc_enabled external_slack_oidc_secret external_slack_secret
  external_spotify_client_id external_spotify_email_optional external_spotify_enabled
  external_spotify_secret external_twitch_client_id external_twitch_email_optional
  external_twitch_enabled external_twitch_secret external_twitter_client_id
  external_twitter_email_optional external_twitter_enabled external_twitter_secret
  external_web3_ethereum_enabled external_web3_solana_enabled external_workos_client_id
  external_workos_enabled external_workos_secret external_workos_url external_x_client_id
  external_x_email_optional external_x_enabled external_x_secret external_zoom_client_id
  external_zoom_email_optional external_zoom_enabled external_zoom_secret
  hook_after_user_created_enabled hook_after_user_created_secrets hook_after_user_created_uri
  hook_before_user_created_enabled hook_before_user_created_secrets hook_before_user_created_uri
  hook_custom_access_token_enabled hook_custom_access_token_secrets hook_custom_access_token_uri
  hook_mfa_verification_attempt_enabled hook_mfa_verification_attempt_secrets
  hook_mfa_verification_attempt_uri hook_password_verification_attempt_enabled
  hook_password_verification_attempt_secrets hook_password_verification_attempt_uri
  hook_send_email_enabled hook_send_email_secrets hook_send_email_uri hook_send_sms_enabled
  hook_send_sms_secrets hook_send_sms_uri jwt_exp mailer_allow_unverified_email_sign_ins
  mailer_autoconfirm mailer_notifications_email_changed_enabled
  mailer_notifications_identity_linked_enabled mailer_notifications_identity_unlinked_enabled
  mailer_notifications_mfa_factor_enrolled_enabled
  mailer_notifications_mfa_factor_unenrolled_enabled
  mailer_notifications_password_changed_enabled mailer_notifications_phone_changed_enabled
  mailer_otp_length mailer_secure_email_change_enabled mailer_subjects_confirmation
  mailer_subjects_email_change mailer_subjects_email_changed_notification
  mailer_subjects_identity_linked_notification mailer_subjects_identity_unlinked_notification
  mailer_subjects_invite mailer_subjects_magic_link
  mailer_subjects_mfa_factor_enrolled_notification
  mailer_subjects_mfa_factor_unenrolled_notification
  mailer_subjects_password_changed_notification mailer_subjects_phone_changed_notification
  mailer_subjects_reauthentication mailer_subjects_recovery
  mailer_templates_confirmation_content mailer_templates_email_change_content
  mailer_templates_email_changed_notification_content
  mailer_templates_identity_linked_notification_content
  mailer_templates_identity_unlinked_notification_content mailer_templates_invite_content
  mailer_templates_magic_link_content mailer_templates_mfa_factor_enrolled_notification_content
  mailer_templates_mfa_factor_unenrolled_notification_content
  mailer_templates_password_changed_notification_content
  mailer_templates_phone_changed_notification_content mailer_templates_reauthentication_content
  mailer_templates_recovery_content mfa_max_enrolled_factors mfa_phone_enroll_enabled
  mfa_phone_max_frequency mfa_phone_template mfa_phone_verify_enabled mfa_totp_enroll_enabled
  mfa_totp_verify_enabled mfa_web_authn_enroll_enabled mfa_web_authn_verify_enabled
  nimbus_oauth_client_id nimbus_oauth_client_secret nimbus_oauth_email_optional
  oauth_server_authorization_path password_hibp_enabled password_min_length
  password_required_characters rate_limit_anonymous_users rate_limit_email_sent rate_limit_otp
  rate_limit_sms_sent rate_limit_token_refresh rate_limit_verify rate_limit_web3
  refresh_token_rotation_enabled saml_allow_encrypted_assertions saml_enabled saml_external_url
  security_captcha_enabled security_captcha_provider security_captcha_secret
  security_manual_linking_enabled security_refresh_token_reuse_interval
  security_sb_forwarded_for_enabled security_update_password_require_current_password
  security_update_password_require_reauthentication sessions_inactivity_timeout
  sessions_single_per_user sessions_tags sessions_timebox site_url sms_autoconfirm
  sms_max_frequency sms_messagebird_access_key sms_messagebird_originator sms_otp_exp
  sms_provider sms_template sms_test_otp sms_test_otp_valid_until sms_textlocal_api_key
  sms_textlocal_sender sms_twilio_account_sid sms_twilio_auth_token sms_twilio_content_sid
  sms_twilio_message_service_sid sms_twilio_verify_account_sid sms_twilio_verify_auth_token
  sms_twilio_verify_message_service_sid sms_vonage_api_key sms_vonage_api_secret sms_vonage_from
  smtp_admin_email smtp_host smtp_max_frequency smtp_pass smtp_port smtp_sender_name smtp_user
  uri_allow_list webauthn_rp_display_name webauthn_rp_id webauthn_rp_origins
`
  .trim()
  .split(/\s+/);

const authSettings = {
  ...Object.fromEntries(unsetAuthSettings.map((name) => [name, null])),
  custom_oauth_enabled: false,
  custom_oauth_max_providers: 0,
  external_phone_enabled: false,
  hook_send_sms_enabled: false,
  mailer_otp_exp: 3600,
  mfa_phone_otp_length: 6,
  oauth_server_allow_dynamic_registration: false,
  oauth_server_enabled: false,
  passkey_enabled: false,
  site_url: 'http://localhost:3000',
  sms_otp_length: 6,
  uri_allow_list: '',
};

const unsetPool = {
  ...{ db_pool: null, db_pool_acquisition_timeout: null },
  ...{ db_pool_max_lifetime: null, db_pool_max_idletime: null },
};

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export async function startManagementApi(ref: string) {
  const calls: Call[] = [];
  const project = {
    ...{ id: ref, ref, name: 'karigar', organization_id: 'o', organization_slug: 'o' },
    ...{ region: 'eu-central-1', created_at: '2026-01-01T00:00:00Z', status: 'ACTIVE_HEALTHY' },
    database: {
      ...{ host: `db.${ref}.supabase.co`, version: '17.6.1.155' },
      ...{ postgres_engine: '17', release_channel: 'ga' },
    },
  };
  const attributes = {
    auth: authSettings,
    api: { db_schema: 'public,graphql_public', db_extra_search_path: 'public', max_rows: 100 },
    storage: { file_size_limit: 1024 },
  };
  const config = { type: 'project_config', id: ref, attributes };

  function answer({ method, path, body }: Call): unknown {
    switch (`${method} ${path}`) {
      case `GET /v1/projects/${ref}`:
        return project;
      case `GET /v1/projects/${ref}/api-keys`:
        return [{ name: 'default', type: 'publishable', api_key: 'sb_publishable_test' }];
      case `GET /v1/projects/${ref}/functions`:
      case `POST /v1/projects/${ref}/secrets`:
        return [];
      case `GET /v1/projects/${ref}/billing/addons`:
        return { selected_addons: [], available_addons: [] };
      case `POST /v1/projects/${ref}/functions/deploy`:
        return { id: 'f', slug: 'f', name: 'f', status: 'ACTIVE', version: 1 };
      case `PUT /v1/projects/${ref}/functions`:
        return { functions: [] };
      case `GET /v2/projects/${ref}/config`:
        return { data: config };
      case `PATCH /v1/projects/${ref}/postgrest`:
        return { ...attributes.api, ...unsetPool, ...JSON.parse(body) };
      case `PATCH /v1/projects/${ref}/config/storage`:
        return {};
      case `PATCH /v1/projects/${ref}/config/auth`:
        return { ...authSettings, ...JSON.parse(body) };
      default:
        return undefined;
    }
  }

  const { url, stop } = await listen(async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const call = { method: request.method, path: pathname, body: await request.text() };
    calls.push(call);
    const found = answer(call);
    if (found === undefined) return Response.json({ message: 'Not found' }, { status: 404 });
    const isNew = call.method === 'POST' && searchParams.get('bundleOnly') !== 'false';
    return Response.json(found, { status: isNew ? 201 : 200 });
  });
  return { url, stop, calls };
}
