// Generated from the migrations by `npm run generate`.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  public: {
    Tables: {
      addresses: {
        Row: {
          address: string;
          city: string | null;
          created_at: string;
          district: string | null;
          id: string;
          is_default: boolean;
          label: string;
          landmark: string | null;
          lat: number;
          lng: number;
          postcode: string | null;
          state: string | null;
          updated_at: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          address: string;
          city?: string | null;
          created_at?: string;
          district?: string | null;
          id?: string;
          is_default?: boolean;
          label: string;
          landmark?: string | null;
          lat: number;
          lng: number;
          postcode?: string | null;
          state?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Update: {
          address?: string;
          city?: string | null;
          created_at?: string;
          district?: string | null;
          id?: string;
          is_default?: boolean;
          label?: string;
          landmark?: string | null;
          lat?: number;
          lng?: number;
          postcode?: string | null;
          state?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'addresses_user_id_fkey';
            columns: ['user_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      admin_actions: {
        Row: {
          action: string;
          admin_id: string;
          after: Json | null;
          before: Json | null;
          created_at: string;
          forwarded_for: string | null;
          id: string;
          ip: unknown;
          reason: string | null;
          resource_id: string;
          resource_type: string;
          user_agent: string | null;
        };
        ComputedFields: never;
        Insert: {
          action: string;
          admin_id: string;
          after?: Json | null;
          before?: Json | null;
          created_at?: string;
          forwarded_for?: string | null;
          id?: string;
          ip?: unknown;
          reason?: string | null;
          resource_id: string;
          resource_type: string;
          user_agent?: string | null;
        };
        Update: {
          action?: string;
          admin_id?: string;
          after?: Json | null;
          before?: Json | null;
          created_at?: string;
          forwarded_for?: string | null;
          id?: string;
          ip?: unknown;
          reason?: string | null;
          resource_id?: string;
          resource_type?: string;
          user_agent?: string | null;
        };
        Relationships: [];
      };
      booking_processes: {
        Row: {
          created_at: string;
          description: string;
          id: string;
          initial_status_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          description: string;
          id: string;
          initial_status_id: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          description?: string;
          id?: string;
          initial_status_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'booking_processes_initial_status_id_fkey';
            columns: ['initial_status_id'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
        ];
      };
      booking_services: {
        Row: {
          booking_id: string;
          category_id: string;
          created_at: string;
          currency: string;
          duration_minutes: number;
          line_amount: number;
          names: NonNullable<Json>;
          position: number;
          price_amount: number | null;
          price_unit: string;
          provider_id: string;
          service_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          booking_id: string;
          category_id: string;
          created_at?: string;
          currency: string;
          duration_minutes: number;
          line_amount: number;
          names: NonNullable<Json>;
          position: number;
          price_amount?: number | null;
          price_unit: string;
          provider_id: string;
          service_id: string;
          updated_at?: string;
        };
        Update: {
          booking_id?: string;
          category_id?: string;
          created_at?: string;
          currency?: string;
          duration_minutes?: number;
          line_amount?: number;
          names?: NonNullable<Json>;
          position?: number;
          price_amount?: number | null;
          price_unit?: string;
          provider_id?: string;
          service_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'booking_services_booking_id_provider_id_fkey';
            columns: ['booking_id', 'provider_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['id', 'provider_id'];
          },
          {
            foreignKeyName: 'booking_services_category_id_fkey';
            columns: ['category_id'];
            isOneToOne: false;
            referencedRelation: 'categories';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'booking_services_service_id_provider_id_fkey';
            columns: ['service_id', 'provider_id'];
            isOneToOne: false;
            referencedRelation: 'services';
            referencedColumns: ['id', 'provider_id'];
          },
        ];
      };
      booking_status_history: {
        Row: {
          actor: string;
          actor_id: string | null;
          booking_id: string;
          created_at: string;
          from_status: string | null;
          id: string;
          metadata: NonNullable<Json>;
          position: number;
          reason: string | null;
          to_status: string;
        };
        ComputedFields: never;
        Insert: {
          actor: string;
          actor_id?: string | null;
          booking_id: string;
          created_at: string;
          from_status?: string | null;
          id?: string;
          metadata?: NonNullable<Json>;
          position: number;
          reason?: string | null;
          to_status: string;
        };
        Update: {
          actor?: string;
          actor_id?: string | null;
          booking_id?: string;
          created_at?: string;
          from_status?: string | null;
          id?: string;
          metadata?: NonNullable<Json>;
          position?: number;
          reason?: string | null;
          to_status?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'booking_status_history_actor_id_fkey';
            columns: ['actor_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'booking_status_history_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'booking_status_history_from_status_fkey';
            columns: ['from_status'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'booking_status_history_to_status_fkey';
            columns: ['to_status'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
        ];
      };
      booking_statuses: {
        Row: {
          blocks_calendar: boolean;
          created_at: string;
          description: string;
          id: string;
          is_final: boolean;
          position: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          blocks_calendar: boolean;
          created_at?: string;
          description: string;
          id: string;
          is_final: boolean;
          position: number;
          updated_at?: string;
        };
        Update: {
          blocks_calendar?: boolean;
          created_at?: string;
          description?: string;
          id?: string;
          is_final?: boolean;
          position?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      booking_transitions: {
        Row: {
          actor: string;
          closes_from: string | null;
          closes_minutes: number | null;
          created_at: string;
          from_status: string;
          is_crew_allowed: boolean;
          job_code: string | null;
          max_count: number | null;
          opens_from: string | null;
          opens_minutes: number | null;
          process_id: string;
          requires_open: boolean;
          requires_reason: boolean;
          timer_from: string | null;
          timer_minutes: number | null;
          to_status: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          actor: string;
          closes_from?: string | null;
          closes_minutes?: number | null;
          created_at?: string;
          from_status: string;
          is_crew_allowed?: boolean;
          job_code?: string | null;
          max_count?: number | null;
          opens_from?: string | null;
          opens_minutes?: number | null;
          process_id: string;
          requires_open?: boolean;
          requires_reason?: boolean;
          timer_from?: string | null;
          timer_minutes?: number | null;
          to_status: string;
          updated_at?: string;
        };
        Update: {
          actor?: string;
          closes_from?: string | null;
          closes_minutes?: number | null;
          created_at?: string;
          from_status?: string;
          is_crew_allowed?: boolean;
          job_code?: string | null;
          max_count?: number | null;
          opens_from?: string | null;
          opens_minutes?: number | null;
          process_id?: string;
          requires_open?: boolean;
          requires_reason?: boolean;
          timer_from?: string | null;
          timer_minutes?: number | null;
          to_status?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'booking_transitions_from_status_fkey';
            columns: ['from_status'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'booking_transitions_process_id_fkey';
            columns: ['process_id'];
            isOneToOne: false;
            referencedRelation: 'booking_processes';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'booking_transitions_to_status_fkey';
            columns: ['to_status'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
        ];
      };
      bookings: {
        Row: {
          address: string;
          blocked: unknown;
          buffer_minutes: number;
          city: string | null;
          contact_phone: string | null;
          created_at: string;
          currency: string;
          customer_id: string;
          description: string | null;
          district: string | null;
          ends_at: string;
          id: string;
          landmark: string | null;
          location: unknown;
          market_id: string;
          number: string;
          postcode: string | null;
          process_id: string;
          provider_id: string;
          review_key: string;
          starts_at: string;
          status: string;
          status_actor: string;
          status_actor_id: string | null;
          status_changed_at: string;
          status_metadata: NonNullable<Json>;
          status_reason: string | null;
          timer_due_at: string | null;
          timer_to_status: string | null;
          total_amount: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          address: string;
          blocked?: unknown;
          buffer_minutes?: number;
          city?: string | null;
          contact_phone?: string | null;
          created_at?: string;
          currency: string;
          customer_id: string;
          description?: string | null;
          district?: string | null;
          ends_at: string;
          id?: string;
          landmark?: string | null;
          location: unknown;
          market_id: string;
          number: string;
          postcode?: string | null;
          process_id: string;
          provider_id: string;
          review_key?: string;
          starts_at: string;
          status: string;
          status_actor: string;
          status_actor_id?: string | null;
          status_changed_at: string;
          status_metadata?: NonNullable<Json>;
          status_reason?: string | null;
          timer_due_at?: string | null;
          timer_to_status?: string | null;
          total_amount: number;
          updated_at?: string;
        };
        Update: {
          address?: string;
          blocked?: unknown;
          buffer_minutes?: number;
          city?: string | null;
          contact_phone?: string | null;
          created_at?: string;
          currency?: string;
          customer_id?: string;
          description?: string | null;
          district?: string | null;
          ends_at?: string;
          id?: string;
          landmark?: string | null;
          location?: unknown;
          market_id?: string;
          number?: string;
          postcode?: string | null;
          process_id?: string;
          provider_id?: string;
          review_key?: string;
          starts_at?: string;
          status?: string;
          status_actor?: string;
          status_actor_id?: string | null;
          status_changed_at?: string;
          status_metadata?: NonNullable<Json>;
          status_reason?: string | null;
          timer_due_at?: string | null;
          timer_to_status?: string | null;
          total_amount?: number;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'bookings_customer_id_fkey';
            columns: ['customer_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'bookings_market_id_fkey';
            columns: ['market_id'];
            isOneToOne: false;
            referencedRelation: 'markets';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'bookings_process_id_fkey';
            columns: ['process_id'];
            isOneToOne: false;
            referencedRelation: 'booking_processes';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'bookings_provider_id_market_id_fkey';
            columns: ['provider_id', 'market_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id', 'market_id'];
          },
          {
            foreignKeyName: 'bookings_status_actor_id_fkey';
            columns: ['status_actor_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'bookings_status_fkey';
            columns: ['status'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'bookings_timer_to_status_fkey';
            columns: ['timer_to_status'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
        ];
      };
      categories: {
        Row: {
          colour: string | null;
          created_at: string;
          descriptions: Json | null;
          icon: string | null;
          id: string;
          image_path: string | null;
          is_active: boolean;
          is_featured: boolean;
          keywords: string[];
          launches_on: string | null;
          market_id: string;
          names: NonNullable<Json>;
          parent_id: string | null;
          phase: string;
          seo_descriptions: Json | null;
          seo_titles: Json | null;
          slug: string;
          sort_order: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          colour?: string | null;
          created_at?: string;
          descriptions?: Json | null;
          icon?: string | null;
          id?: string;
          image_path?: string | null;
          is_active?: boolean;
          is_featured?: boolean;
          keywords?: string[];
          launches_on?: string | null;
          market_id: string;
          names: NonNullable<Json>;
          parent_id?: string | null;
          phase?: string;
          seo_descriptions?: Json | null;
          seo_titles?: Json | null;
          slug: string;
          sort_order?: number;
          updated_at?: string;
        };
        Update: {
          colour?: string | null;
          created_at?: string;
          descriptions?: Json | null;
          icon?: string | null;
          id?: string;
          image_path?: string | null;
          is_active?: boolean;
          is_featured?: boolean;
          keywords?: string[];
          launches_on?: string | null;
          market_id?: string;
          names?: NonNullable<Json>;
          parent_id?: string | null;
          phase?: string;
          seo_descriptions?: Json | null;
          seo_titles?: Json | null;
          slug?: string;
          sort_order?: number;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'categories_market_id_fkey';
            columns: ['market_id'];
            isOneToOne: false;
            referencedRelation: 'markets';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'categories_parent_id_market_id_fkey';
            columns: ['parent_id', 'market_id'];
            isOneToOne: false;
            referencedRelation: 'categories';
            referencedColumns: ['id', 'market_id'];
          },
        ];
      };
      category_statistics: {
        Row: {
          booking_count: number;
          category_id: string;
          created_at: string;
          provider_count: number;
          service_count: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          booking_count?: number;
          category_id: string;
          created_at?: string;
          provider_count?: number;
          service_count?: number;
          updated_at?: string;
        };
        Update: {
          booking_count?: number;
          category_id?: string;
          created_at?: string;
          provider_count?: number;
          service_count?: number;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'category_statistics_category_id_fkey';
            columns: ['category_id'];
            isOneToOne: true;
            referencedRelation: 'categories';
            referencedColumns: ['id'];
          },
        ];
      };
      configuration: {
        Row: {
          category: string;
          created_at: string;
          description: string | null;
          id: string;
          is_active: boolean;
          is_public: boolean;
          key: string;
          market_id: string | null;
          updated_at: string;
          value: NonNullable<Json>;
          version: number;
        };
        ComputedFields: never;
        Insert: {
          category: string;
          created_at?: string;
          description?: string | null;
          id?: string;
          is_active?: boolean;
          is_public?: boolean;
          key: string;
          market_id?: string | null;
          updated_at?: string;
          value: NonNullable<Json>;
          version?: number;
        };
        Update: {
          category?: string;
          created_at?: string;
          description?: string | null;
          id?: string;
          is_active?: boolean;
          is_public?: boolean;
          key?: string;
          market_id?: string | null;
          updated_at?: string;
          value?: NonNullable<Json>;
          version?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'configuration_market_id_fkey';
            columns: ['market_id'];
            isOneToOne: false;
            referencedRelation: 'markets';
            referencedColumns: ['id'];
          },
        ];
      };
      configuration_versions: {
        Row: {
          changed_by: string | null;
          configuration_id: string;
          created_at: string;
          id: string;
          is_active: boolean;
          is_public: boolean;
          value: NonNullable<Json>;
          version: number;
        };
        ComputedFields: never;
        Insert: {
          changed_by?: string | null;
          configuration_id: string;
          created_at?: string;
          id?: string;
          is_active: boolean;
          is_public: boolean;
          value: NonNullable<Json>;
          version: number;
        };
        Update: {
          changed_by?: string | null;
          configuration_id?: string;
          created_at?: string;
          id?: string;
          is_active?: boolean;
          is_public?: boolean;
          value?: NonNullable<Json>;
          version?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'configuration_versions_configuration_id_fkey';
            columns: ['configuration_id'];
            isOneToOne: false;
            referencedRelation: 'configuration';
            referencedColumns: ['id'];
          },
        ];
      };
      conversation_participants: {
        Row: {
          conversation_id: string;
          created_at: string;
          is_archived: boolean;
          is_muted: boolean;
          is_pinned: boolean;
          last_message_at: string;
          last_read_position: number;
          side: string;
          unread_count: number;
          updated_at: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          conversation_id: string;
          created_at?: string;
          is_archived?: boolean;
          is_muted?: boolean;
          is_pinned?: boolean;
          last_message_at: string;
          last_read_position?: number;
          side: string;
          unread_count?: number;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          conversation_id?: string;
          created_at?: string;
          is_archived?: boolean;
          is_muted?: boolean;
          is_pinned?: boolean;
          last_message_at?: string;
          last_read_position?: number;
          side?: string;
          unread_count?: number;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'conversation_participants_conversation_id_fkey';
            columns: ['conversation_id'];
            isOneToOne: false;
            referencedRelation: 'conversations';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'conversation_participants_user_id_fkey';
            columns: ['user_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      conversations: {
        Row: {
          booking_id: string | null;
          created_at: string;
          customer_id: string | null;
          id: string;
          kind: string;
          last_message_at: string;
          message_count: number;
          provider_id: string | null;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          booking_id?: string | null;
          created_at?: string;
          customer_id?: string | null;
          id?: string;
          kind: string;
          last_message_at?: string;
          message_count?: number;
          provider_id?: string | null;
          updated_at?: string;
        };
        Update: {
          booking_id?: string | null;
          created_at?: string;
          customer_id?: string | null;
          id?: string;
          kind?: string;
          last_message_at?: string;
          message_count?: number;
          provider_id?: string | null;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'conversations_booking_id_provider_id_fkey';
            columns: ['booking_id', 'provider_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['id', 'provider_id'];
          },
          {
            foreignKeyName: 'conversations_customer_id_fkey';
            columns: ['customer_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'conversations_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
        ];
      };
      devices: {
        Row: {
          app_version: string | null;
          created_at: string;
          id: string;
          last_seen_at: string;
          name: string | null;
          platform: string;
          push_token: string;
          updated_at: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          app_version?: string | null;
          created_at?: string;
          id?: string;
          last_seen_at?: string;
          name?: string | null;
          platform: string;
          push_token: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          app_version?: string | null;
          created_at?: string;
          id?: string;
          last_seen_at?: string;
          name?: string | null;
          platform?: string;
          push_token?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'devices_user_id_fkey';
            columns: ['user_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      markets: {
        Row: {
          area: unknown;
          booking_process_id: string;
          calling_code: string;
          country: string;
          created_at: string;
          currency: string;
          default_language: string;
          id: string;
          is_active: boolean;
          languages: string[];
          max_advance_days: number;
          max_open_bookings: number;
          names: NonNullable<Json>;
          number_prefix: string;
          phase: string;
          phone_pattern: string;
          reach_km: number;
          requires_completion_code: boolean;
          requires_start_code: boolean;
          review_days: number;
          sms_service: string;
          tax_name: string | null;
          tax_percent: number;
          time_zone: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          area: unknown;
          booking_process_id: string;
          calling_code: string;
          country: string;
          created_at?: string;
          currency: string;
          default_language: string;
          id: string;
          is_active?: boolean;
          languages: string[];
          max_advance_days?: number;
          max_open_bookings?: number;
          names: NonNullable<Json>;
          number_prefix: string;
          phase?: string;
          phone_pattern: string;
          reach_km?: number;
          requires_completion_code?: boolean;
          requires_start_code?: boolean;
          review_days?: number;
          sms_service: string;
          tax_name?: string | null;
          tax_percent?: number;
          time_zone: string;
          updated_at?: string;
        };
        Update: {
          area?: unknown;
          booking_process_id?: string;
          calling_code?: string;
          country?: string;
          created_at?: string;
          currency?: string;
          default_language?: string;
          id?: string;
          is_active?: boolean;
          languages?: string[];
          max_advance_days?: number;
          max_open_bookings?: number;
          names?: NonNullable<Json>;
          number_prefix?: string;
          phase?: string;
          phone_pattern?: string;
          reach_km?: number;
          requires_completion_code?: boolean;
          requires_start_code?: boolean;
          review_days?: number;
          sms_service?: string;
          tax_name?: string | null;
          tax_percent?: number;
          time_zone?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'markets_booking_process_id_fkey';
            columns: ['booking_process_id'];
            isOneToOne: false;
            referencedRelation: 'booking_processes';
            referencedColumns: ['id'];
          },
        ];
      };
      member_presence: {
        Row: {
          last_seen_at: string;
          provider_id: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          last_seen_at?: string;
          provider_id: string;
          user_id: string;
        };
        Update: {
          last_seen_at?: string;
          provider_id?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'member_presence_provider_id_user_id_fkey';
            columns: ['provider_id', 'user_id'];
            isOneToOne: true;
            referencedRelation: 'provider_members';
            referencedColumns: ['provider_id', 'user_id'];
          },
        ];
      };
      messages: {
        Row: {
          address: string | null;
          body: string | null;
          booking_id: string | null;
          client_id: string | null;
          conversation_id: string;
          created_at: string;
          event: Json | null;
          id: string;
          kind: string;
          location: unknown;
          media: Json | null;
          position: number;
          sender_id: string | null;
          sender_side: string | null;
        };
        ComputedFields: never;
        Insert: {
          address?: string | null;
          body?: string | null;
          booking_id?: string | null;
          client_id?: string | null;
          conversation_id: string;
          created_at?: string;
          event?: Json | null;
          id?: string;
          kind: string;
          location?: unknown;
          media?: Json | null;
          position: number;
          sender_id?: string | null;
          sender_side?: string | null;
        };
        Update: {
          address?: string | null;
          body?: string | null;
          booking_id?: string | null;
          client_id?: string | null;
          conversation_id?: string;
          created_at?: string;
          event?: Json | null;
          id?: string;
          kind?: string;
          location?: unknown;
          media?: Json | null;
          position?: number;
          sender_id?: string | null;
          sender_side?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: 'messages_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'messages_conversation_id_fkey';
            columns: ['conversation_id'];
            isOneToOne: false;
            referencedRelation: 'conversations';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'messages_sender_id_fkey';
            columns: ['sender_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      preferences: {
        Row: {
          category_ids: string[];
          channels: NonNullable<Json>;
          created_at: string;
          language: string | null;
          updated_at: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          category_ids?: string[];
          channels?: NonNullable<Json>;
          created_at?: string;
          language?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Update: {
          category_ids?: string[];
          channels?: NonNullable<Json>;
          created_at?: string;
          language?: string | null;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'preferences_user_id_fkey';
            columns: ['user_id'];
            isOneToOne: true;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      profiles: {
        Row: {
          created_at: string;
          display_name: string | null;
          id: string;
          language: string;
          market_id: string | null;
          photo_path: string | null;
          status: string;
          status_changed_at: string | null;
          status_reason: string | null;
          status_until: string | null;
          time_zone: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          display_name?: string | null;
          id: string;
          language?: string;
          market_id?: string | null;
          photo_path?: string | null;
          status?: string;
          status_changed_at?: string | null;
          status_reason?: string | null;
          status_until?: string | null;
          time_zone?: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          display_name?: string | null;
          id?: string;
          language?: string;
          market_id?: string | null;
          photo_path?: string | null;
          status?: string;
          status_changed_at?: string | null;
          status_reason?: string | null;
          status_until?: string | null;
          time_zone?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'profiles_market_id_fkey';
            columns: ['market_id'];
            isOneToOne: false;
            referencedRelation: 'markets';
            referencedColumns: ['id'];
          },
        ];
      };
      provider_categories: {
        Row: {
          category_id: string;
          created_at: string;
          market_id: string;
          provider_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          category_id: string;
          created_at?: string;
          market_id?: string;
          provider_id: string;
          updated_at?: string;
        };
        Update: {
          category_id?: string;
          created_at?: string;
          market_id?: string;
          provider_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'provider_categories_category_id_market_id_fkey';
            columns: ['category_id', 'market_id'];
            isOneToOne: false;
            referencedRelation: 'categories';
            referencedColumns: ['id', 'market_id'];
          },
          {
            foreignKeyName: 'provider_categories_provider_id_market_id_fkey';
            columns: ['provider_id', 'market_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id', 'market_id'];
          },
        ];
      };
      provider_invitations: {
        Row: {
          created_at: string;
          email: string | null;
          expires_at: string;
          id: string;
          invited_by: string | null;
          phone: string | null;
          provider_id: string;
          responded_at: string | null;
          responded_by: string | null;
          role: string;
          status: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          email?: string | null;
          expires_at?: string;
          id?: string;
          invited_by?: string | null;
          phone?: string | null;
          provider_id: string;
          responded_at?: string | null;
          responded_by?: string | null;
          role: string;
          status?: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          email?: string | null;
          expires_at?: string;
          id?: string;
          invited_by?: string | null;
          phone?: string | null;
          provider_id?: string;
          responded_at?: string | null;
          responded_by?: string | null;
          role?: string;
          status?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'provider_invitations_invited_by_fkey';
            columns: ['invited_by'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'provider_invitations_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'provider_invitations_responded_by_fkey';
            columns: ['responded_by'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      provider_members: {
        Row: {
          created_at: string;
          provider_id: string;
          role: string;
          updated_at: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          provider_id: string;
          role: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          provider_id?: string;
          role?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'provider_members_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'provider_members_user_id_fkey';
            columns: ['user_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      provider_photos: {
        Row: {
          captions: Json | null;
          created_at: string;
          id: string;
          is_verified: boolean;
          kind: string;
          path: string;
          provider_id: string;
          service_id: string | null;
          sort_order: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          captions?: Json | null;
          created_at?: string;
          id?: string;
          is_verified?: boolean;
          kind?: string;
          path: string;
          provider_id: string;
          service_id?: string | null;
          sort_order?: number;
          updated_at?: string;
        };
        Update: {
          captions?: Json | null;
          created_at?: string;
          id?: string;
          is_verified?: boolean;
          kind?: string;
          path?: string;
          provider_id?: string;
          service_id?: string | null;
          sort_order?: number;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'provider_photos_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'provider_photos_service_id_provider_id_fkey';
            columns: ['service_id', 'provider_id'];
            isOneToOne: false;
            referencedRelation: 'services';
            referencedColumns: ['id', 'provider_id'];
          },
        ];
      };
      provider_ratings: {
        Row: {
          communication_count: number;
          communication_sum: number;
          created_at: string;
          five_star_count: number;
          four_star_count: number;
          one_star_count: number;
          professionalism_count: number;
          professionalism_sum: number;
          provider_id: string;
          punctuality_count: number;
          punctuality_sum: number;
          quality_count: number;
          quality_sum: number;
          rating_count: number;
          rating_sum: number;
          three_star_count: number;
          two_star_count: number;
          updated_at: string;
          value_count: number;
          value_sum: number;
        };
        ComputedFields: never;
        Insert: {
          communication_count?: number;
          communication_sum?: number;
          created_at?: string;
          five_star_count?: number;
          four_star_count?: number;
          one_star_count?: number;
          professionalism_count?: number;
          professionalism_sum?: number;
          provider_id: string;
          punctuality_count?: number;
          punctuality_sum?: number;
          quality_count?: number;
          quality_sum?: number;
          rating_count?: never;
          rating_sum?: never;
          three_star_count?: number;
          two_star_count?: number;
          updated_at?: string;
          value_count?: number;
          value_sum?: number;
        };
        Update: {
          communication_count?: number;
          communication_sum?: number;
          created_at?: string;
          five_star_count?: number;
          four_star_count?: number;
          one_star_count?: number;
          professionalism_count?: number;
          professionalism_sum?: number;
          provider_id?: string;
          punctuality_count?: number;
          punctuality_sum?: number;
          quality_count?: number;
          quality_sum?: number;
          rating_count?: never;
          rating_sum?: never;
          three_star_count?: number;
          two_star_count?: number;
          updated_at?: string;
          value_count?: number;
          value_sum?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'provider_ratings_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: true;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
        ];
      };
      provider_skills: {
        Row: {
          created_at: string;
          is_verified: boolean;
          name: string;
          provider_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          is_verified?: boolean;
          name: string;
          provider_id: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          is_verified?: boolean;
          name?: string;
          provider_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'provider_skills_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
        ];
      };
      provider_statistics: {
        Row: {
          acceptance_rate: number | null;
          cancelled_by_customer_count: number;
          cancelled_by_provider_count: number;
          completed_count: number;
          completion_rate: number | null;
          created_at: string;
          declined_count: number;
          failed_count: number;
          job_count: number;
          missed_count: number;
          provider_id: string;
          request_count: number;
          response_seconds_average: number | null;
          response_seconds_sum: number;
          unanswered_count: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          acceptance_rate?: never;
          cancelled_by_customer_count?: number;
          cancelled_by_provider_count?: number;
          completed_count?: number;
          completion_rate?: never;
          created_at?: string;
          declined_count?: number;
          failed_count?: never;
          job_count?: never;
          missed_count?: number;
          provider_id: string;
          request_count?: number;
          response_seconds_average?: never;
          response_seconds_sum?: number;
          unanswered_count?: number;
          updated_at?: string;
        };
        Update: {
          acceptance_rate?: never;
          cancelled_by_customer_count?: number;
          cancelled_by_provider_count?: number;
          completed_count?: number;
          completion_rate?: never;
          created_at?: string;
          declined_count?: number;
          failed_count?: never;
          job_count?: never;
          missed_count?: number;
          provider_id?: string;
          request_count?: number;
          response_seconds_average?: never;
          response_seconds_sum?: number;
          unanswered_count?: number;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'provider_statistics_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: true;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
        ];
      };
      providers: {
        Row: {
          address: string;
          background_checked_at: string | null;
          buffer_minutes: number;
          city: string | null;
          cover_path: string | null;
          created_at: string;
          descriptions: Json | null;
          experience_years: number | null;
          features: string[];
          id: string;
          is_accepting_bookings: boolean;
          kind: string;
          landmark: string | null;
          lead_minutes: number;
          location: unknown;
          logo_path: string | null;
          market_id: string;
          names: NonNullable<Json>;
          payment_link: string | null;
          payment_qr_path: string | null;
          postcode: string | null;
          rating_average: number | null;
          rating_count: number;
          reputation_score: number;
          slug: string;
          social_links: NonNullable<Json>;
          status: string;
          time_zone: string;
          updated_at: string;
          verification_status: string;
          vertical_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          address: string;
          background_checked_at?: string | null;
          buffer_minutes?: number;
          city?: string | null;
          cover_path?: string | null;
          created_at?: string;
          descriptions?: Json | null;
          experience_years?: number | null;
          features?: string[];
          id?: string;
          is_accepting_bookings?: boolean;
          kind: string;
          landmark?: string | null;
          lead_minutes?: number;
          location: unknown;
          logo_path?: string | null;
          market_id: string;
          names: NonNullable<Json>;
          payment_link?: string | null;
          payment_qr_path?: string | null;
          postcode?: string | null;
          rating_average?: number | null;
          rating_count?: number;
          reputation_score?: number;
          slug: string;
          social_links?: NonNullable<Json>;
          status?: string;
          time_zone: string;
          updated_at?: string;
          verification_status?: string;
          vertical_id?: string | null;
        };
        Update: {
          address?: string;
          background_checked_at?: string | null;
          buffer_minutes?: number;
          city?: string | null;
          cover_path?: string | null;
          created_at?: string;
          descriptions?: Json | null;
          experience_years?: number | null;
          features?: string[];
          id?: string;
          is_accepting_bookings?: boolean;
          kind?: string;
          landmark?: string | null;
          lead_minutes?: number;
          location?: unknown;
          logo_path?: string | null;
          market_id?: string;
          names?: NonNullable<Json>;
          payment_link?: string | null;
          payment_qr_path?: string | null;
          postcode?: string | null;
          rating_average?: number | null;
          rating_count?: number;
          reputation_score?: number;
          slug?: string;
          social_links?: NonNullable<Json>;
          status?: string;
          time_zone?: string;
          updated_at?: string;
          verification_status?: string;
          vertical_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: 'providers_market_id_fkey';
            columns: ['market_id'];
            isOneToOne: false;
            referencedRelation: 'markets';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'providers_vertical_id_fkey';
            columns: ['vertical_id'];
            isOneToOne: false;
            referencedRelation: 'verticals';
            referencedColumns: ['id'];
          },
        ];
      };
      reputation_formulas: {
        Row: {
          background_points: number;
          created_at: string;
          description: string;
          failure_rate_above: number;
          failures_multiplier: number;
          few_jobs_below: number;
          few_jobs_multiplier: number;
          full_volume_count: number;
          identity_points: number;
          is_active: boolean;
          recent_count: number;
          response_steps: NonNullable<Json>;
          scores_without_data: NonNullable<Json>;
          tenure_steps: NonNullable<Json>;
          trend_steps: NonNullable<Json>;
          updated_at: string;
          version: number;
          weights: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          background_points: number;
          created_at?: string;
          description: string;
          failure_rate_above: number;
          failures_multiplier: number;
          few_jobs_below: number;
          few_jobs_multiplier: number;
          full_volume_count: number;
          identity_points: number;
          is_active?: boolean;
          recent_count: number;
          response_steps: NonNullable<Json>;
          scores_without_data: NonNullable<Json>;
          tenure_steps: NonNullable<Json>;
          trend_steps: NonNullable<Json>;
          updated_at?: string;
          version: number;
          weights: NonNullable<Json>;
        };
        Update: {
          background_points?: number;
          created_at?: string;
          description?: string;
          failure_rate_above?: number;
          failures_multiplier?: number;
          few_jobs_below?: number;
          few_jobs_multiplier?: number;
          full_volume_count?: number;
          identity_points?: number;
          is_active?: boolean;
          recent_count?: number;
          response_steps?: NonNullable<Json>;
          scores_without_data?: NonNullable<Json>;
          tenure_steps?: NonNullable<Json>;
          trend_steps?: NonNullable<Json>;
          updated_at?: string;
          version?: number;
          weights?: NonNullable<Json>;
        };
        Relationships: [];
      };
      reviews: {
        Row: {
          author_id: string;
          booking_id: string;
          comment: string | null;
          communication_rating: number | null;
          created_at: string;
          customer_id: string;
          id: string;
          overall_rating: number;
          photo_paths: string[];
          professionalism_rating: number | null;
          provider_id: string;
          punctuality_rating: number | null;
          quality_rating: number | null;
          side: string;
          title: string | null;
          updated_at: string;
          value_rating: number | null;
        };
        ComputedFields: never;
        Insert: {
          author_id: string;
          booking_id: string;
          comment?: string | null;
          communication_rating?: number | null;
          created_at?: string;
          customer_id: string;
          id?: string;
          overall_rating: number;
          photo_paths?: string[];
          professionalism_rating?: number | null;
          provider_id: string;
          punctuality_rating?: number | null;
          quality_rating?: number | null;
          side: string;
          title?: string | null;
          updated_at?: string;
          value_rating?: number | null;
        };
        Update: {
          author_id?: string;
          booking_id?: string;
          comment?: string | null;
          communication_rating?: number | null;
          created_at?: string;
          customer_id?: string;
          id?: string;
          overall_rating?: number;
          photo_paths?: string[];
          professionalism_rating?: number | null;
          provider_id?: string;
          punctuality_rating?: number | null;
          quality_rating?: number | null;
          side?: string;
          title?: string | null;
          updated_at?: string;
          value_rating?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: 'reviews_author_id_fkey';
            columns: ['author_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'reviews_customer_id_provider_id_booking_id_fkey';
            columns: ['customer_id', 'provider_id', 'booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['customer_id', 'provider_id', 'id'];
          },
        ];
      };
      service_areas: {
        Row: {
          area: unknown;
          created_at: string;
          districts: string[] | null;
          id: string;
          kind: string;
          lat: number | null;
          lng: number | null;
          points: Json | null;
          postcodes: string[] | null;
          provider_id: string;
          radius_km: number | null;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          area?: unknown;
          created_at?: string;
          districts?: string[] | null;
          id?: string;
          kind: string;
          lat?: number | null;
          lng?: number | null;
          points?: Json | null;
          postcodes?: string[] | null;
          provider_id: string;
          radius_km?: number | null;
          updated_at?: string;
        };
        Update: {
          area?: unknown;
          created_at?: string;
          districts?: string[] | null;
          id?: string;
          kind?: string;
          lat?: number | null;
          lng?: number | null;
          points?: Json | null;
          postcodes?: string[] | null;
          provider_id?: string;
          radius_km?: number | null;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'service_areas_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
        ];
      };
      service_statistics: {
        Row: {
          booking_count: number;
          created_at: string;
          service_id: string;
          updated_at: string;
          view_count: number;
        };
        ComputedFields: never;
        Insert: {
          booking_count?: number;
          created_at?: string;
          service_id: string;
          updated_at?: string;
          view_count?: number;
        };
        Update: {
          booking_count?: number;
          created_at?: string;
          service_id?: string;
          updated_at?: string;
          view_count?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'service_statistics_service_id_fkey';
            columns: ['service_id'];
            isOneToOne: true;
            referencedRelation: 'services';
            referencedColumns: ['id'];
          },
        ];
      };
      services: {
        Row: {
          allows_multiple_crews: boolean;
          category_id: string;
          created_at: string;
          currency: string;
          descriptions: Json | null;
          duration_minutes: number;
          excludes: Json | null;
          has_materials: boolean;
          id: string;
          includes: Json | null;
          is_active: boolean;
          is_featured: boolean;
          material_descriptions: Json | null;
          min_staff_count: number;
          names: NonNullable<Json>;
          price_amount: number | null;
          price_max_amount: number | null;
          price_unit: string;
          provider_id: string;
          sort_order: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          allows_multiple_crews?: boolean;
          category_id: string;
          created_at?: string;
          currency?: string;
          descriptions?: Json | null;
          duration_minutes?: number;
          excludes?: Json | null;
          has_materials?: boolean;
          id?: string;
          includes?: Json | null;
          is_active?: boolean;
          is_featured?: boolean;
          material_descriptions?: Json | null;
          min_staff_count?: number;
          names: NonNullable<Json>;
          price_amount?: number | null;
          price_max_amount?: number | null;
          price_unit?: string;
          provider_id: string;
          sort_order?: number;
          updated_at?: string;
        };
        Update: {
          allows_multiple_crews?: boolean;
          category_id?: string;
          created_at?: string;
          currency?: string;
          descriptions?: Json | null;
          duration_minutes?: number;
          excludes?: Json | null;
          has_materials?: boolean;
          id?: string;
          includes?: Json | null;
          is_active?: boolean;
          is_featured?: boolean;
          material_descriptions?: Json | null;
          min_staff_count?: number;
          names?: NonNullable<Json>;
          price_amount?: number | null;
          price_max_amount?: number | null;
          price_unit?: string;
          provider_id?: string;
          sort_order?: number;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'services_provider_id_category_id_fkey';
            columns: ['provider_id', 'category_id'];
            isOneToOne: false;
            referencedRelation: 'provider_categories';
            referencedColumns: ['provider_id', 'category_id'];
          },
          {
            foreignKeyName: 'services_provider_id_fkey';
            columns: ['provider_id'];
            isOneToOne: false;
            referencedRelation: 'providers';
            referencedColumns: ['id'];
          },
        ];
      };
      sign_ins: {
        Row: {
          created_at: string;
          id: string;
          ip: unknown;
          method: string | null;
          updated_at: string;
          user_agent: string | null;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          id: string;
          ip?: unknown;
          method?: string | null;
          updated_at?: string;
          user_agent?: string | null;
          user_id: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          ip?: unknown;
          method?: string | null;
          updated_at?: string;
          user_agent?: string | null;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'sign_ins_user_id_fkey';
            columns: ['user_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      source_statuses: {
        Row: {
          created_at: string;
          design: string;
          source_status: string;
          status_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          design: string;
          source_status: string;
          status_id: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          design?: string;
          source_status?: string;
          status_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'source_statuses_status_id_fkey';
            columns: ['status_id'];
            isOneToOne: false;
            referencedRelation: 'booking_statuses';
            referencedColumns: ['id'];
          },
        ];
      };
      user_blocks: {
        Row: {
          blocked_id: string;
          blocker_id: string;
          created_at: string;
        };
        ComputedFields: never;
        Insert: {
          blocked_id: string;
          blocker_id: string;
          created_at?: string;
        };
        Update: {
          blocked_id?: string;
          blocker_id?: string;
          created_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'user_blocks_blocked_id_fkey';
            columns: ['blocked_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'user_blocks_blocker_id_fkey';
            columns: ['blocker_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      user_roles: {
        Row: {
          created_at: string;
          granted_by: string | null;
          role: string;
          updated_at: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          granted_by?: string | null;
          role: string;
          updated_at?: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          granted_by?: string | null;
          role?: string;
          updated_at?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'user_roles_granted_by_fkey';
            columns: ['granted_by'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'user_roles_user_id_fkey';
            columns: ['user_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['id'];
          },
        ];
      };
      verticals: {
        Row: {
          created_at: string;
          default_buffer_minutes: number;
          default_duration_minutes: number;
          default_lead_minutes: number;
          default_price_unit: string;
          icon: string | null;
          id: string;
          is_active: boolean;
          names: NonNullable<Json>;
          sort_order: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          default_buffer_minutes: number;
          default_duration_minutes: number;
          default_lead_minutes: number;
          default_price_unit: string;
          icon?: string | null;
          id: string;
          is_active?: boolean;
          names: NonNullable<Json>;
          sort_order?: number;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          default_buffer_minutes?: number;
          default_duration_minutes?: number;
          default_lead_minutes?: number;
          default_price_unit?: string;
          icon?: string | null;
          id?: string;
          is_active?: boolean;
          names?: NonNullable<Json>;
          sort_order?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      accept_invitation: { Args: { invitation_id: string }; Returns: Json };
      admin_user_story: { Args: { reason?: string; user_id: string }; Returns: Json };
      block_user: { Args: { reason: string; until?: string; user_id: string }; Returns: Json };
      booking_history: {
        Args: { after?: string; booking_id: string; page_size?: Json };
        Returns: {
          actor: string;
          at: string;
          from_status: string;
          history_id: string;
          metadata: Json;
          position: number;
          reason: string;
          to_status: string;
        }[];
      };
      change_member_role: {
        Args: { provider_id: string; role: string; user_id: string };
        Returns: Json;
      };
      confirm_job_code: {
        Args: { booking_id: string; idempotency_key?: string; job_code: string; purpose: string };
        Returns: Json;
      };
      create_provider: {
        Args: {
          categories: Json;
          descriptions?: Json;
          idempotency_key?: string;
          kind?: string;
          location: Json;
          market: string;
          names: Json;
          vertical?: string;
        };
        Returns: Json;
      };
      customer_rating: { Args: { booking_id: string }; Returns: Json };
      customer_statistics: { Args: Record<PropertyKey, never>; Returns: Json };
      decline_invitation: { Args: { invitation_id: string }; Returns: Json };
      function_proof: { Args: Record<PropertyKey, never>; Returns: string };
      get_badges: { Args: Record<PropertyKey, never>; Returns: Json };
      get_booking: { Args: { booking_id: string }; Returns: Json };
      get_conversation: { Args: { conversation_id: string }; Returns: Json };
      invite_member: {
        Args: { email?: string; phone?: string; provider_id: string; role: string };
        Returns: Json;
      };
      issue_job_code: {
        Args: { booking_id: string; purpose: string; user_id?: string };
        Returns: Json;
      };
      list_admin_actions: {
        Args: {
          action?: string;
          admin_id?: string;
          cursor?: string;
          page_size?: Json;
          resource_id?: string;
          resource_type?: string;
        };
        Returns: Json;
      };
      list_bookings: {
        Args: { cursor?: string; page_size?: Json; role?: string; status?: Json };
        Returns: Json;
      };
      list_configuration: {
        Args: { category?: string; cursor?: string; market?: string; page_size?: Json };
        Returns: Json;
      };
      list_configuration_versions: {
        Args: { cursor?: string; key: string; market?: string; page_size?: Json };
        Returns: Json;
      };
      list_conversations: {
        Args: { cursor?: string; is_archived?: Json; kind?: string; page_size?: Json };
        Returns: Json;
      };
      list_invitations: { Args: { provider_id?: string }; Returns: Json };
      list_messages: {
        Args: { after?: Json; before?: Json; conversation_id: string; page_size?: Json };
        Returns: Json;
      };
      list_reviews: {
        Args: {
          cursor?: string;
          max_rating?: Json;
          min_rating?: Json;
          page_size?: Json;
          provider_id: string;
          sort?: string;
        };
        Returns: Json;
      };
      list_verification_queue: {
        Args: { cursor?: string; market?: string; page_size?: Json };
        Returns: Json;
      };
      mark_read: { Args: { conversation_id: string; message_id: string }; Returns: Json };
      provider_last_seen: { Args: { provider_id: string }; Returns: Json };
      provider_reputation: { Args: { provider_id: string }; Returns: Json };
      register_device: {
        Args: { app_version?: string; name?: string; platform: string; push_token: string };
        Returns: Json;
      };
      reinstate_provider: { Args: { provider_id: string; reason: string }; Returns: Json };
      reject_provider: { Args: { provider_id: string; reason: string }; Returns: Json };
      remove_member: { Args: { provider_id: string; user_id: string }; Returns: Json };
      request_booking: {
        Args: {
          contact_phone?: string;
          description?: string;
          idempotency_key?: string;
          location: Json;
          provider_id: string;
          service_ids: Json;
          starts_at: string;
        };
        Returns: Json;
      };
      review_photo_folder: { Args: { booking_id: string }; Returns: Json };
      review_provider: { Args: { provider_id: string }; Returns: Json };
      revoke_invitation: { Args: { invitation_id: string }; Returns: Json };
      roll_back_configuration: {
        Args: { key: string; market?: string; reason: string; version: Json };
        Returns: Json;
      };
      search_providers: {
        Args: {
          category?: string;
          cursor?: string;
          district?: string;
          language?: string;
          lat?: Json;
          lng?: Json;
          market: string;
          max_price_amount?: Json;
          min_rating?: Json;
          page_size?: Json;
          postcode?: string;
          query?: string;
          radius_km?: Json;
          sort?: string;
          verified_only?: Json;
        };
        Returns: Json;
      };
      send_message: {
        Args: {
          body?: string;
          booking_id?: string;
          client_id: string;
          conversation_id: string;
          kind?: string;
          location?: Json;
          media?: Json;
        };
        Returns: Json;
      };
      set_configuration: {
        Args: {
          category?: string;
          description?: string;
          expected_version?: Json;
          is_active?: Json;
          is_public?: Json;
          key: string;
          market?: string;
          reason: string;
          value: Json;
        };
        Returns: Json;
      };
      set_conversation_flags: {
        Args: { conversation_id: string; is_archived?: Json; is_muted?: Json; is_pinned?: Json };
        Returns: Json;
      };
      set_user_block: { Args: { is_blocked?: Json; user_id: string }; Returns: Json };
      start_conversation: {
        Args: { booking_id?: string; kind: string; provider_id?: string };
        Returns: Json;
      };
      submit_provider: { Args: { provider_id: string }; Returns: Json };
      submit_review: {
        Args: {
          booking_id: string;
          comment?: string;
          communication?: Json;
          idempotency_key?: string;
          overall: Json;
          photos?: Json;
          professionalism?: Json;
          punctuality?: Json;
          quality?: Json;
          title?: string;
          value?: Json;
        };
        Returns: Json;
      };
      suspend_provider: { Args: { provider_id: string; reason: string }; Returns: Json };
      touch_presence: { Args: Record<PropertyKey, never>; Returns: Json };
      transition_booking: {
        Args: {
          booking_id: string;
          idempotency_key?: string;
          metadata?: Json;
          reason?: string;
          to_status: string;
        };
        Returns: Json;
      };
      unblock_user: { Args: { reason: string; user_id: string }; Returns: Json };
      verify_provider: {
        Args: { fingerprint?: string; notes?: string; provider_id: string };
        Returns: Json;
      };
      view_service: { Args: { service_id: string }; Returns: Json };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, 'public'>];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])[TableName] extends {
      Row: infer R;
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    ? (DefaultSchema['Tables'] & DefaultSchema['Views'])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R;
      }
      ? R
      : never
    : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Insert: infer I;
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I;
      }
      ? I
      : never
    : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Update: infer U;
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U;
      }
      ? U
      : never
    : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema['Enums']
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums']
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums'][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema['Enums']
    ? DefaultSchema['Enums'][DefaultSchemaEnumNameOrOptions]
    : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema['CompositeTypes']
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes']
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes'][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema['CompositeTypes']
    ? DefaultSchema['CompositeTypes'][PublicCompositeTypeNameOrOptions]
    : never;

export const Constants = {
  public: {
    Enums: {},
  },
} as const;
